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
 * Records which rectifiers of one run are active, layer by layer.
 *
 * <p>The sample of a depth describes the most recently recorded layers. A network whose layers depend on its depth has
 * a separate sweep for each depth, so the layers of that sweep count.
 */
final class ActivitySampler {

    private static final int[] INPUTS = {0};

    private final CellSpec cell;
    private final boolean needsEachInput;

    /** The number of inputs at which each unit is active, by layer. */
    private final List<long[]> counts = new ArrayList<>();

    /** The activity of the last recorded layer, M rows of N units; null if not needed. */
    private boolean @Nullable [] active;

    ActivitySampler(CellSpec cell) {
        this.cell = cell;
        this.needsEachInput = needsEachInput(cell);
    }

    /** Returns whether a statistic needs the activity at each input, and not only the number of active inputs. */
    static boolean needsEachInput(CellSpec cell) {
        Set<Statistic> statistics = cell.statistics();
        return statistics.contains(Statistic.CONTIGUITY_HISTOGRAM) || statistics.contains(Statistic.ACTIVITY_RASTER);
    }

    /**
     * Records the next layer.
     *
     * @param layer l, from 1; a smaller number than before starts a new sweep
     * @param preActivations values with the signs of n_l(h_{l-1}), shape (M, N)
     */
    void recordLayer(int layer, NDArray preActivations) {
        // The engine copies an array of a device to the host before reading. The copy lives as long as the array's
        // manager. A short-lived manager frees the copies after each layer.
        try (NDManager scratch = preActivations.getManager().newSubManager()) {
            NDArray isActive = preActivations.gt(0);
            isActive.attach(scratch);
            counts.subList(layer - 1, counts.size()).clear();
            counts.add(isActive.toType(DataType.INT64, true).sum(INPUTS).toLongArray());
            active = needsEachInput && cell.depths().contains(layer) ? isActive.toBooleanArray() : null;
        }
    }

    /**
     * Adds the cell's activity statistics to a sample.
     *
     * @param depth L, the last recorded layer
     */
    void addTo(RunSample sample, int depth) {
        for (int layer = 1; layer <= depth; layer++) {
            long[] ofLayer = counts.get(layer - 1);
            if (wants(Statistic.ACTIVATION_RATE)) {
                sample.addMean(Statistic.ACTIVATION_RATE, layer, Activity.rate(ofLayer, points()));
            }
            if (wants(Statistic.COACTIVATION_RATE)) {
                sample.addMean(Statistic.COACTIVATION_RATE, layer, Activity.coactivation(ofLayer, points()));
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
            sample.addMatrix(Statistic.ACTIVITY_RASTER, last.length, points(), raster(active, last.length));
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
            sample.addMean(statistic, bin, bins[bin]);
        }
    }

    /** Returns the activity as N rows of M values, 1 for active and 0 for inactive. */
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
