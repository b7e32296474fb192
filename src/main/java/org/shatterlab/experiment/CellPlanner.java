package org.shatterlab.experiment;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.shatterlab.experiment.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.statistic.Statistic;

/**
 * Divides an experiment into cells: for each network, chunks of {@value #CHUNK} runs aligned from run 0, so that an
 * experiment with more runs shares every full chunk.
 *
 * <p>A statistic of run 0 alone is asked only of the first chunk: the other chunks do not depend on it, and neither does
 * what they are shared with.
 */
public final class CellPlanner {

    /** Runs of a cell, except of the last one where the runs are not a multiple. */
    public static final int CHUNK = 5;

    private CellPlanner() {}

    /** The cells that there are from the start, the first chunk of every network before the second of any. */
    public static List<PlannedCell> plan(ExperimentSpec spec) {
        return plan(spec, spec.runs().first());
    }

    /** All cells that there may come to be. */
    static List<PlannedCell> planMost(ExperimentSpec spec) {
        return plan(spec, spec.runs().most());
    }

    private static List<PlannedCell> plan(ExperimentSpec spec, int runs) {
        List<Integer> all = IntStream.range(0, spec.networks().size()).boxed().toList();
        return plan(spec, all, 0, runs);
    }

    /**
     * The cells of some runs, chunk by chunk, so that early results cover all networks.
     *
     * @param networks by their numbers
     * @param from the first run, a multiple of {@link #CHUNK}
     * @param to after the last run
     */
    static List<PlannedCell> plan(ExperimentSpec spec, Collection<Integer> networks, int from, int to) {
        Set<Statistic> ofEveryRun = ofEveryRun(spec.statistics());
        List<PlannedCell> cells = new ArrayList<>();
        for (int firstRun = from; firstRun < to && (firstRun == 0 || !ofEveryRun.isEmpty()); firstRun += CHUNK) {
            for (int network : networks) {
                NetworkEntry entry = spec.networks().get(network);
                CellSpec cell = new CellSpec(
                        entry.network(),
                        spec.inputs(),
                        spec.effectiveDepths(entry),
                        firstRun == 0 ? spec.statistics() : ofEveryRun,
                        spec.precision(),
                        spec.seed(),
                        firstRun,
                        Math.min(CHUNK, to - firstRun));
                cells.add(new PlannedCell(network, cell));
            }
        }
        return List.copyOf(cells);
    }

    /** How many cells {@link #planMost} would make, without making them. */
    public static long count(ExperimentSpec spec) {
        long chunks = ofEveryRun(spec.statistics()).isEmpty()
                ? 1
                : Math.ceilDiv(spec.runs().most(), CHUNK);
        return chunks * spec.networks().size();
    }

    private static Set<Statistic> ofEveryRun(Set<Statistic> statistics) {
        return ExperimentSpec.inEnumOrder(statistics.stream()
                .filter(statistic -> !statistic.isOfRunZero())
                .toList());
    }
}
