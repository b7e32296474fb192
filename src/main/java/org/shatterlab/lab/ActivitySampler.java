package org.shatterlab.lab;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.statistic.Activity;
import org.shatterlab.lab.statistic.RunSample;
import org.shatterlab.lab.statistic.Statistic;

/**
 * Gathers which rectifiers are active, layer by layer of one run. What a depth's sample gets is of the layers that were
 * seen last: of a network whose layers depend on its depth, those of its own sweep.
 */
final class ActivitySampler {

    private static final int[] INPUTS = {0};

    private final CellSpec cell;
    private final boolean needsEachInput;
    /** At how many inputs each unit is active, by layer. */
    private final List<long[]> counts = new ArrayList<>();

    private boolean @Nullable [] active;

    ActivitySampler(CellSpec cell) {
        this.cell = cell;
        this.needsEachInput = needsEachInput(cell);
    }

    /** Whether it holds at which inputs each unit of a layer is active, and not only at how many. */
    static boolean needsEachInput(CellSpec cell) {
        Set<Statistic> statistics = cell.statistics();
        return statistics.contains(Statistic.CONTIGUITY_HISTOGRAM) || statistics.contains(Statistic.ACTIVITY_RASTER);
    }

    /**
     * Takes the next layer.
     *
     * @param layer l, from 1
     * @param preActivations what has the sign of n_l(h_{l-1}), shape (M, N)
     */
    void see(int layer, NDArray preActivations) {
        // What is read of a device is copied to the host first, for as long as the manager of what is read is open.
        try (NDManager scratch = preActivations.getManager().newSubManager()) {
            NDArray now = preActivations.gt(0);
            now.attach(scratch);
            counts.subList(layer - 1, counts.size()).clear();
            counts.add(now.toType(DataType.INT64, true).sum(INPUTS).toLongArray());
            active = needsEachInput && cell.depths().contains(layer) ? now.toBooleanArray() : null;
        }
    }

    /**
     * Adds what is asked for.
     *
     * @param depth L, the layer that was seen last
     */
    void addTo(RunSample sample, int depth) {
        for (int layer = 1; layer <= depth; layer++) {
            long[] ofLayer = counts.get(layer - 1);
            if (wants(Statistic.ACTIVATION_RATE)) {
                sample.mean(Statistic.ACTIVATION_RATE, layer, Activity.rate(ofLayer, points()));
            }
            if (wants(Statistic.COACTIVATION_RATE)) {
                sample.mean(Statistic.COACTIVATION_RATE, layer, Activity.coactivation(ofLayer, points()));
            }
        }
        long[] last = counts.getLast();
        if (wants(Statistic.ACTIVATION_HISTOGRAM)) {
            add(sample, Statistic.ACTIVATION_HISTOGRAM, Activity.histogram(last, points()));
        }
        if (active != null && wants(Statistic.CONTIGUITY_HISTOGRAM)) {
            add(sample, Statistic.CONTIGUITY_HISTOGRAM, Activity.contiguity(active, last.length));
        }
        if (active != null && wants(Statistic.ACTIVITY_RASTER)) {
            sample.matrix(Statistic.ACTIVITY_RASTER, last.length, points(), raster(active, last.length));
        }
    }

    private int points() {
        return cell.inputs().points();
    }

    private boolean wants(Statistic statistic) {
        return cell.statistics().contains(statistic);
    }

    private static void add(RunSample sample, Statistic statistic, double[] bins) {
        for (int bin = 0; bin < bins.length; bin++) {
            sample.mean(statistic, bin, bins[bin]);
        }
    }

    /** N rows of M. */
    private static double[] raster(boolean[] active, int units) {
        int points = active.length / units;
        double[] raster = new double[active.length];
        for (int unit = 0; unit < units; unit++) {
            for (int input = 0; input < points; input++) {
                raster[unit * points + input] = active[input * units + unit] ? 1 : 0;
            }
        }
        return raster;
    }
}
