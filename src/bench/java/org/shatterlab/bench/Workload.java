package org.shatterlab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.shatterlab.experiment.cell.CellPlanner;
import org.shatterlab.experiment.cell.PlannedCell;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.Presets;
import org.shatterlab.experiment.spec.StoredSpecCodec;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.statistic.CellResult;
import org.shatterlab.lab.statistic.Estimate;
import org.shatterlab.lab.statistic.Moments;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An experiment that the benchmark plans like the service and computes without the service.
 *
 * @param name the name in the tables of the report
 * @param body the complete experiment in the form of the API
 * @param cells the cells in the order in which the service would queue them
 */
record Workload(String name, ObjectNode body, List<PlannedCell> cells) {

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * Returns a workload from a preset with some fields replaced.
     *
     * @param changes the replaced fields as a JSON object with single quotes
     */
    static Workload of(String name, String preset, String changes) {
        ObjectNode body = Presets.load().find(preset).orElseThrow().spec();
        body.setAll((ObjectNode) JSON.readTree(changes.replace('\'', '"')));
        ExperimentSpec spec = StoredSpecCodec.read(body.toString());
        return new Workload(name, body, CellPlanner.plan(spec));
    }

    /**
     * The identity of one estimate.
     *
     * @param network the label of the network
     * @param depth L, or 0 for noise
     * @param index the index that the statistic defines, or 0 if the statistic has one value per depth
     */
    record WorkloadRowKey(String network, int depth, String statistic, int index)
            implements Comparable<WorkloadRowKey> {

        @Override
        public int compareTo(WorkloadRowKey other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s, depth %d, %s %d", network, depth, statistic, index);
        }
    }

    /** The duration of a computation and its estimates. */
    record Outcome(double seconds, Map<WorkloadRowKey, Estimate> estimates) {}

    /** Computes all cells. Each thread takes the next cell when it finishes a cell, as workers do. */
    Outcome compute(Lab lab, int threads) throws InterruptedException, ExecutionException {
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            List<Future<CellResult>> futures = new ArrayList<>();
            long start = System.nanoTime();
            cells.forEach(cell -> futures.add(workers.submit(() -> lab.measure(cell.cell()))));
            List<CellResult> results = new ArrayList<>();
            for (Future<CellResult> future : futures) {
                results.add(future.get());
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            return new Outcome(seconds, estimates(results));
        }
    }

    private Map<WorkloadRowKey, Estimate> estimates(List<CellResult> results) {
        Map<WorkloadRowKey, Moments> moments = new TreeMap<>();
        for (int i = 0; i < results.size(); i++) {
            String label = body.get("networks")
                    .get(cells.get(i).networkIndex())
                    .get("label")
                    .asString();
            for (CellResult.Row row : results.get(i).rows()) {
                Integer depth = row.depth();
                Integer index = row.index();
                moments.merge(
                        new WorkloadRowKey(
                                label,
                                depth == null ? 0 : depth,
                                row.statistic().apiName(),
                                index == null ? 0 : index),
                        row.moments(),
                        Moments::combine);
            }
        }
        Map<WorkloadRowKey, Estimate> estimates = new TreeMap<>();
        moments.forEach((key, value) -> estimates.put(key, value.estimate()));
        return estimates;
    }
}
