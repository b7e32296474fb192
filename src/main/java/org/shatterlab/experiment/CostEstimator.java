package org.shatterlab.experiment;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.cell.CellCost;
import org.shatterlab.experiment.cell.CellPlanner;
import org.shatterlab.experiment.cell.CellStorage;
import org.shatterlab.experiment.cell.CostProperties;
import org.shatterlab.experiment.cell.PlannedCell;
import org.shatterlab.experiment.queue.SubmissionRate;
import org.shatterlab.experiment.spec.CellSpecJson;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.Runs;
import org.shatterlab.experiment.store.CellExecutionRepository;
import org.shatterlab.experiment.store.CellRepository;
import org.shatterlab.experiment.store.CellStore;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.platform.ProblemException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Estimates the cost of an experiment. Nothing is stored. */
@Service
public class CostEstimator {

    /** The weight of the assumed rate among measured cells, in seconds of computation. */
    private static final double ASSUMED_SECONDS = 1;

    /** The number of recent cells that an estimate looks at. */
    private static final int MAX_MEASURED = 200;

    private final SubmissionRate rate;
    private final CellRepository cells;
    private final CellExecutionRepository executions;
    private final CostProperties properties;

    CostEstimator(
            SubmissionRate rate, CellRepository cells, CellExecutionRepository executions, CostProperties properties) {
        this.rate = rate;
        this.cells = cells;
        this.executions = executions;
        this.properties = properties;
    }

    /** The work of a cell and the seconds that the work took, without the time that no speed changes. */
    record MeasuredWork(double work, double seconds) {

        double workPerSecond() {
            return work / seconds;
        }
    }

    /**
     * Plans an experiment as {@link ExperimentService#submit} does, and estimates the cost of the missing cells.
     *
     * @param caller the name of the token of the request; null where the service runs without tokens
     * @param spec an admitted specification
     * @throws ProblemException with status 429, where the caller has planned too many cells in the last minute
     */
    @Transactional(readOnly = true)
    public CostEstimate estimate(@Nullable String caller, ExperimentSpec spec) {
        rate.take(caller, CellPlanner.count(spec));
        CostEstimate atMost = spec.runs() instanceof Runs.Adaptive runs
                ? estimate(spec, CellPlanner.planMax(spec), runs.max(), null)
                : null;
        return estimate(spec, CellPlanner.plan(spec), spec.runs().initial(), atMost);
    }

    private CostEstimate estimate(
            ExperimentSpec spec, List<PlannedCell> plan, int runs, @Nullable CostEstimate atMost) {
        UUID nonce = spec.cache() ? null : UUID.randomUUID();
        List<String> fingerprints = plan.stream()
                .map(planned -> CellStore.fingerprint(planned.cell(), spec.device(), nonce))
                .toList();
        Set<String> done = cells.findDone(fingerprints.toArray(String[]::new));
        // Two labels may name the same network, whose cells are computed once.
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
                CellStorage.bytes(spec, runs),
                atMost);
    }

    /** Returns the time on all cores of this machine or on one GPU, and at least the time of the longest cell. */
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

    /** Returns the rate of one core, measured by the last cells. */
    private double workPerSecond() {
        double assumed = properties.workPerSecond(DeviceClass.CPU);
        List<MeasuredWork> measured = executions.findMeasured(DeviceClass.CPU.apiName(), MAX_MEASURED).stream()
                .flatMap(cell -> measured(CellCost.of(CellSpecJson.read(cell.getSpec())), cell.getSeconds(), assumed))
                .toList();
        return workPerSecond(assumed, measured);
    }

    /** Leaves out cells whose time is mostly independent of the speed of the computation. */
    private static Stream<MeasuredWork> measured(CellCost cost, double seconds, double assumed) {
        boolean mostlyComputation = cost.work() / assumed > cost.fixedSeconds() && seconds > 2 * cost.fixedSeconds();
        return mostlyComputation
                ? Stream.of(new MeasuredWork(cost.work(), seconds - cost.fixedSeconds()))
                : Stream.empty();
    }

    /**
     * Returns the weighted median of the rates: half of the work was done at this rate or above. The assumed rate
     * counts as measured work too. The first cells of a process wait for the engine and run code that is not compiled
     * yet. They run at a tenth of the later rate.
     */
    static double workPerSecond(double assumed, List<MeasuredWork> cells) {
        List<MeasuredWork> slowestFirst = Stream.concat(
                        Stream.of(new MeasuredWork(assumed * ASSUMED_SECONDS, ASSUMED_SECONDS)), cells.stream())
                .sorted(Comparator.comparingDouble(MeasuredWork::workPerSecond))
                .toList();
        double half = slowestFirst.stream().mapToDouble(MeasuredWork::work).sum() / 2;
        int i = 0;
        for (double below = slowestFirst.getFirst().work();
                below < half;
                below += slowestFirst.get(i).work()) {
            i++;
        }
        return slowestFirst.get(i).workPerSecond();
    }
}
