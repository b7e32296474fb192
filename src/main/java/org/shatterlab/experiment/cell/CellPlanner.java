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
 * Divides an experiment into cells. The cells of a network are chunks of {@value CellSpec#CHUNK} runs, aligned from run
 * 0. Experiments that differ in the number of runs therefore share every full chunk.
 *
 * <p>Only the first chunk measures the statistics of run 0. So these statistics do not change the specification of the
 * other chunks, and other experiments can share the chunks. Noise does not measure statistics that need a network.
 * Noise without any other statistic has no cell.
 */
public final class CellPlanner {

    private CellPlanner() {}

    /**
     * Returns the cells of the first round, the first chunk of every network before the second chunk of any network.
     */
    public static List<PlannedCell> plan(ExperimentSpec spec) {
        return plan(spec, spec.runs().initial());
    }

    /** Returns all cells that the experiment has if every network reaches the maximum number of runs. */
    public static List<PlannedCell> planMax(ExperimentSpec spec) {
        return plan(spec, spec.runs().max());
    }

    private static List<PlannedCell> plan(ExperimentSpec spec, int runs) {
        List<Integer> all = IntStream.range(0, spec.networks().size()).boxed().toList();
        return plan(spec, all, 0, runs);
    }

    /**
     * Returns the cells of a range of runs, chunk by chunk, so that early results cover all networks.
     *
     * @param networks the indices of the networks
     * @param from the first run, a multiple of {@link CellSpec#CHUNK}
     * @param to the end of the range, exclusive
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

    /**
     * Returns the cell of a network that starts at a run; empty if the cell would measure no statistic.
     *
     * @param to the end of the runs, exclusive, where the cell may be shorter than a chunk
     */
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

    /** Returns the number of cells that {@link #planMax} returns, without planning the cells. */
    public static long count(ExperimentSpec spec) {
        return spec.networks().stream()
                .mapToLong(entry -> count(spec, entry.network()))
                .sum();
    }

    private static long count(ExperimentSpec spec, NetworkSpec network) {
        if (!statistics(spec, network, false).isEmpty()) {
            return Math.ceilDiv(spec.runs().max(), CellSpec.CHUNK);
        }
        return statistics(spec, network, true).isEmpty() ? 0 : 1;
    }

    /** Returns the statistics that a chunk of a network measures. */
    private static Set<Statistic> statistics(ExperimentSpec spec, NetworkSpec network, boolean firstChunk) {
        boolean noise = network instanceof NetworkSpec.Noise;
        return ExperimentSpec.inEnumOrder(spec.statistics().stream()
                .filter(statistic -> firstChunk || !statistic.isOfRunZero())
                .filter(statistic -> !(noise && statistic.needsNetwork()))
                .toList());
    }
}
