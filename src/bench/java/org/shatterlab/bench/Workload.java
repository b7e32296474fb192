package org.shatterlab.bench;

import java.util.ArrayList;
import java.util.List;
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
 * An experiment as the service would plan it, computed without the service.
 *
 * @param name what tables call it
 * @param body complete, in the form of the API
 * @param cells as the service would queue them
 */
record Workload(String name, ObjectNode body, List<PlannedCell> cells) {

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * A preset with some fields replaced.
     *
     * @param changes a JSON object in single quotes
     */
    static Workload of(String name, String preset, String changes) {
        ObjectNode body = Presets.load().find(preset).orElseThrow().spec();
        body.setAll((ObjectNode) JSON.readTree(changes.replace('\'', '"')));
        ExperimentSpec spec = StoredSpecCodec.read(body.toString());
        return new Workload(name, body, CellPlanner.plan(spec));
    }

    /**
     * What one statistic of one network came to.
     *
     * @param network its label
     */
    record Key(String network, int depth, String statistic, int index) implements Comparable<Key> {

        @Override
        public int compareTo(Key other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return "%s, depth %d, %s %d".formatted(network, depth, statistic, index);
        }
    }

    /** The time a computation took, and what it came to. */
    record Outcome(double seconds, Map<Key, Estimate> estimates) {}

    /** Computes all cells on some threads, each taking the next one when it is through, as workers do. */
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

    private Map<Key, Estimate> estimates(List<CellResult> results) {
        Map<Key, Moments> moments = new TreeMap<>();
        for (int i = 0; i < results.size(); i++) {
            String label = body.get("networks")
                    .get(cells.get(i).networkIndex())
                    .get("label")
                    .asString();
            for (CellResult.Row row : results.get(i).rows()) {
                Integer depth = row.depth();
                Integer index = row.index();
                moments.merge(
                        new Key(
                                label,
                                depth == null ? 0 : depth,
                                row.statistic().apiName(),
                                index == null ? 0 : index),
                        row.moments(),
                        Moments::combine);
            }
        }
        Map<Key, Estimate> estimates = new TreeMap<>();
        moments.forEach((key, value) -> estimates.put(key, value.estimate()));
        return estimates;
    }
}
