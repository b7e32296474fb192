package org.shatterlab.experiment;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.cell.CellCost;
import org.shatterlab.experiment.cell.CellPlanner;
import org.shatterlab.experiment.cell.CostProperties;
import org.shatterlab.experiment.cell.PlannedCell;
import org.shatterlab.experiment.spec.CellSpecJson;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.Runs;
import org.shatterlab.experiment.store.CellLinks;
import org.shatterlab.experiment.store.CellStore;
import org.shatterlab.lab.engine.DeviceClass;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Says what an experiment would cost, storing nothing. */
@Service
public class CostEstimator {

    /** Of computation that the assumed rate counts for. */
    private static final double ASSUMED_SECONDS = 1;

    private final JdbcClient jdbc;
    private final CellLinks links;
    private final CostProperties properties;

    CostEstimator(JdbcClient jdbc, CellLinks links, CostProperties properties) {
        this.jdbc = jdbc;
        this.links = links;
        this.properties = properties;
    }

    /** How long the computation of some cells took, without what does not depend on its speed. */
    record Measured(double work, double seconds) {

        double workPerSecond() {
            return work / seconds;
        }
    }

    /**
     * Plans an experiment as {@link ExperimentService#submit} does, and estimates what is left to be computed.
     *
     * @param spec valid, as {@code SpecReader} returns it
     */
    @Transactional(readOnly = true)
    public CostEstimate estimate(ExperimentSpec spec) {
        CostEstimate atMost = spec.runs() instanceof Runs.Adaptive runs
                ? estimate(spec, CellPlanner.planMost(spec), runs.max(), null)
                : null;
        return estimate(spec, CellPlanner.plan(spec), spec.runs().first(), atMost);
    }

    private CostEstimate estimate(
            ExperimentSpec spec, List<PlannedCell> plan, int runs, @Nullable CostEstimate atMost) {
        UUID nonce = spec.cache() ? null : UUID.randomUUID();
        List<String> fingerprints = plan.stream()
                .map(planned -> CellStore.fingerprint(planned.cell(), spec.device(), nonce))
                .toList();
        Set<String> done = links.findDone(fingerprints);
        // Two labels may stand for one network, which is computed once.
        Map<String, CellCost> missing = new LinkedHashMap<>();
        int cached = 0;
        for (int i = 0; i < plan.size(); i++) {
            if (done.contains(fingerprints.get(i))) {
                cached++;
            } else {
                missing.put(fingerprints.get(i), CellCost.of(plan.get(i).cell()));
            }
        }
        return new CostEstimate(
                plan.size(),
                runs,
                cached,
                Math.rint(missing.values().stream()
                        .mapToDouble(CellCost::operations)
                        .sum()),
                missing.values().stream()
                        .mapToDouble(CellCost::memoryBytes)
                        .max()
                        .orElse(0),
                seconds(missing.values(), spec.device()),
                atMost);
    }

    /** All cores at work, but no sooner than the longest cell, which has one; or one GPU. */
    private double seconds(Collection<CellCost> cells, DeviceClass device) {
        if (cells.isEmpty()) {
            return 0;
        }
        double rate = switch (device) {
            case CPU -> workPerSecond();
            case GPU -> properties.workPerSecond(device);
        };
        int devices = switch (device) {
            case CPU -> Runtime.getRuntime().availableProcessors();
            case GPU -> 1;
        };
        double[] each = cells.stream().mapToDouble(cell -> cell.seconds(rate)).toArray();
        double longest = Arrays.stream(each).max().orElseThrow();
        return Math.max(longest, Arrays.stream(each).sum() / devices);
    }

    /** Of one core, as the last cells had it; those that are not mostly computation say nothing of it. */
    private double workPerSecond() {
        double assumed = properties.workPerSecond(DeviceClass.CPU);
        List<Measured> cells = jdbc
                .sql("""
                        select c.spec::text, extract(epoch from c.finished_at - e.started_at)::double precision
                        from cell_execution e join cell c on (c.fingerprint, c.fence) = (e.fingerprint, e.fence)
                        where c.state = 'DONE' and c.provenance ->> 'device' = ? order by e.id desc limit 200""")
                .param(DeviceClass.CPU.apiName())
                .query((row, _) -> {
                    CellCost cost = CellCost.of(CellSpecJson.read(row.getString(1)));
                    boolean mostlyComputation =
                            cost.work() / assumed > cost.fixedSeconds() && row.getDouble(2) > 2 * cost.fixedSeconds();
                    return Optional.of(new Measured(cost.work(), row.getDouble(2) - cost.fixedSeconds()))
                            .filter(_ -> mostlyComputation);
                })
                .stream()
                .flatMap(Optional::stream)
                .toList();
        return workPerSecond(assumed, cells);
    }

    /**
     * The rate that half of the work was done at, or above. What is assumed counts as work that was done too: the first
     * cells of a process wait for the engine and run code that is not compiled yet, a tenth as fast as all that follow.
     */
    static double workPerSecond(double assumed, List<Measured> cells) {
        List<Measured> slowestFirst = Stream.concat(
                        Stream.of(new Measured(assumed * ASSUMED_SECONDS, ASSUMED_SECONDS)), cells.stream())
                .sorted(Comparator.comparingDouble(Measured::workPerSecond))
                .toList();
        double half = slowestFirst.stream().mapToDouble(Measured::work).sum() / 2;
        int i = 0;
        for (double below = slowestFirst.getFirst().work();
                below < half;
                below += slowestFirst.get(i).work()) {
            i++;
        }
        return slowestFirst.get(i).workPerSecond();
    }
}
