package org.shatterlab.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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

    /** The cells, the first chunk of every network before the second of any, so that early results cover all networks. */
    public static List<PlannedCell> plan(ExperimentSpec spec) {
        Set<Statistic> ofEveryRun = ofEveryRun(spec.statistics());
        List<PlannedCell> cells = new ArrayList<>();
        for (int chunk = 0; chunk < chunks(spec, ofEveryRun); chunk++) {
            int firstRun = chunk * CHUNK;
            for (int network = 0; network < spec.networks().size(); network++) {
                NetworkEntry entry = spec.networks().get(network);
                CellSpec cell = new CellSpec(
                        entry.network(),
                        spec.inputs(),
                        spec.effectiveDepths(entry),
                        chunk == 0 ? spec.statistics() : ofEveryRun,
                        spec.precision(),
                        spec.seed(),
                        firstRun,
                        Math.min(CHUNK, spec.runs() - firstRun));
                cells.add(new PlannedCell(network, cell));
            }
        }
        return List.copyOf(cells);
    }

    /** How many cells {@link #plan} would make, without making them. */
    public static long count(ExperimentSpec spec) {
        return (long) chunks(spec, ofEveryRun(spec.statistics()))
                * spec.networks().size();
    }

    private static int chunks(ExperimentSpec spec, Set<Statistic> ofEveryRun) {
        return ofEveryRun.isEmpty() ? 1 : Math.ceilDiv(spec.runs(), CHUNK);
    }

    private static Set<Statistic> ofEveryRun(Set<Statistic> statistics) {
        return ExperimentSpec.inEnumOrder(statistics.stream()
                .filter(statistic -> !statistic.isOfRunZero())
                .toList());
    }
}
