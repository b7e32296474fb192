package org.shatterlab.experiment.cell;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.Statistic;

/**
 * Divides an experiment into cells: for each network, chunks of {@value CellSpec#CHUNK} runs aligned from run 0, so that an
 * experiment with more runs shares every full chunk.
 *
 * <p>A statistic of run 0 alone is asked only of the first chunk: the other chunks do not depend on it, and neither does
 * what they are shared with. A statistic that needs a network is not asked of noise, which has no cell where there is no
 * other.
 */
public final class CellPlanner {

    private CellPlanner() {}

    /** The cells that there are from the start, the first chunk of every network before the second of any. */
    public static List<PlannedCell> plan(ExperimentSpec spec) {
        return plan(spec, spec.runs().first());
    }

    /** All cells that there may come to be. */
    public static List<PlannedCell> planMost(ExperimentSpec spec) {
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
     * @param from the first run, a multiple of {@link CellSpec#CHUNK}
     * @param to after the last run
     */
    public static List<PlannedCell> plan(ExperimentSpec spec, Collection<Integer> networks, int from, int to) {
        List<PlannedCell> cells = new ArrayList<>();
        for (int firstRun = from; firstRun < to; firstRun += CellSpec.CHUNK) {
            for (int network : networks) {
                cell(spec, spec.networks().get(network), firstRun, to)
                        .ifPresent(cell -> cells.add(new PlannedCell(network, cell)));
            }
        }
        return List.copyOf(cells);
    }

    /** The cell of a network that begins with a run, and ends before another; empty where it has nothing to measure. */
    static Optional<CellSpec> cell(ExperimentSpec spec, NetworkEntry entry, int firstRun, int to) {
        Set<Statistic> statistics = statistics(spec, entry.network(), firstRun == 0);
        return statistics.isEmpty()
                ? Optional.empty()
                : Optional.of(new CellSpec(
                        entry.network(),
                        spec.inputs(),
                        spec.effectiveDepths(entry),
                        statistics,
                        spec.precision(),
                        spec.draws(),
                        spec.seed(),
                        firstRun,
                        Math.min(CellSpec.CHUNK, to - firstRun)));
    }

    /** How many cells {@link #planMost} would make, without making them. */
    public static long count(ExperimentSpec spec) {
        return spec.networks().stream()
                .mapToLong(entry -> count(spec, entry.network()))
                .sum();
    }

    private static long count(ExperimentSpec spec, NetworkSpec network) {
        if (!statistics(spec, network, false).isEmpty()) {
            return Math.ceilDiv(spec.runs().most(), CellSpec.CHUNK);
        }
        return statistics(spec, network, true).isEmpty() ? 0 : 1;
    }

    /** Those that a chunk of a network measures. */
    private static Set<Statistic> statistics(ExperimentSpec spec, NetworkSpec network, boolean firstChunk) {
        boolean noise = network instanceof NetworkSpec.Noise;
        return ExperimentSpec.inEnumOrder(spec.statistics().stream()
                .filter(statistic -> firstChunk || !statistic.isOfRunZero())
                .filter(statistic -> !(noise && statistic.needsNetwork()))
                .toList());
    }
}
