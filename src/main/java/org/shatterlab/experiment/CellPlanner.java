package org.shatterlab.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.shatterlab.experiment.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.Statistic;

/**
 * Divides an experiment into cells: for each network, chunks of {@value #CHUNK} runs aligned from run 0, so that an
 * experiment with more runs shares every full chunk.
 *
 * <p>A statistic of run 0 alone is asked only of the first chunk: the other chunks do not depend on it, and neither does
 * what they are shared with. A statistic that needs a network is not asked of noise, which has no cell where there is no
 * other.
 */
public final class CellPlanner {

    /** Runs of a cell, except of the last one where the runs are not a multiple. */
    public static final int CHUNK = 5;

    private CellPlanner() {}

    /** The cells, the first chunk of every network before the second of any, so that early results cover all networks. */
    public static List<PlannedCell> plan(ExperimentSpec spec) {
        List<PlannedCell> cells = new ArrayList<>();
        for (int firstRun = 0; firstRun < spec.runs(); firstRun += CHUNK) {
            for (int network = 0; network < spec.networks().size(); network++) {
                NetworkEntry entry = spec.networks().get(network);
                Set<Statistic> statistics = statistics(spec, entry.network(), firstRun == 0);
                if (!statistics.isEmpty()) {
                    CellSpec cell = new CellSpec(
                            entry.network(),
                            spec.inputs(),
                            spec.effectiveDepths(entry),
                            statistics,
                            spec.precision(),
                            spec.seed(),
                            firstRun,
                            Math.min(CHUNK, spec.runs() - firstRun));
                    cells.add(new PlannedCell(network, cell));
                }
            }
        }
        return List.copyOf(cells);
    }

    /** How many cells {@link #plan} would make, without making them. */
    public static long count(ExperimentSpec spec) {
        return spec.networks().stream()
                .mapToLong(entry -> count(spec, entry.network()))
                .sum();
    }

    private static long count(ExperimentSpec spec, NetworkSpec network) {
        if (!statistics(spec, network, false).isEmpty()) {
            return Math.ceilDiv(spec.runs(), CHUNK);
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
