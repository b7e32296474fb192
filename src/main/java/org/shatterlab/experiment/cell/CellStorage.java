package org.shatterlab.experiment.cell;

import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.Activity;
import org.shatterlab.lab.statistic.Autocorrelation;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.statistic.Statistic.Source;
import org.shatterlab.lab.theory.Theory;

/**
 * Estimates the bytes of the database that a cell takes: its description, its link to one experiment, its result and
 * all indexes.
 *
 * <p>The constants are the measured sizes of PostgreSQL tables that grow by random fingerprints. The estimate assumes
 * that PostgreSQL compresses no array. So a matrix of equal numbers takes less than its estimate.
 */
public final class CellStorage {

    /** The rows of a cell in {@code cell}, {@code experiment_cell} and {@code cell_execution}. */
    private static final double BYTES_PER_CELL = 2000;

    /** A depth in the specification of the cell. */
    private static final double BYTES_PER_DEPTH = 14;

    private static final double BYTES_PER_ROW = 400;
    private static final double BYTES_PER_PREDICTION = 400;

    /** The row of a matrix or of a series, without its numbers. */
    private static final double BYTES_PER_ARRAY = 330;

    /** PostgreSQL stores a long array in pieces, and each piece has a header and an entry in an index. */
    private static final double BYTES_PER_NUMBER = 1.05 * Double.BYTES;

    private CellStorage() {}

    /**
     * Returns the bytes of all cells of an experiment.
     *
     * @param runs the runs of each network
     */
    public static long bytes(ExperimentSpec spec, int runs) {
        return spec.networks().stream()
                .mapToLong(network -> bytes(spec, network, runs))
                .sum();
    }

    /** Multiplies the bytes of one cell, because all chunks after the first have results of equal size. */
    private static long bytes(ExperimentSpec spec, NetworkEntry network, int runs) {
        long first =
                CellPlanner.cell(spec, network, 0, runs).map(CellStorage::bytes).orElse(0L);
        long others = Math.ceilDiv(runs, CellSpec.CHUNK) - 1L;
        return others == 0
                ? first
                : first
                        + others
                                * CellPlanner.cell(spec, network, CellSpec.CHUNK, runs)
                                        .map(CellStorage::bytes)
                                        .orElse(0L);
    }

    /** Returns the bytes of a cell. The first cell of a network also counts the predictions of the network. */
    public static long bytes(CellSpec cell) {
        double bytes = BYTES_PER_CELL;
        if (cell.depths().isEmpty()) {
            bytes += bytes(cell, 1);
        }
        for (int depth : cell.depths()) {
            bytes += BYTES_PER_DEPTH + bytes(cell, depth);
        }
        return Math.round(bytes);
    }

    private static double bytes(CellSpec cell, int depth) {
        double points = cell.inputs().points();
        double bytes = 0;
        for (Statistic statistic : cell.statistics()) {
            boolean predicted = cell.firstRun() == 0 && Theory.PREDICTED.contains(statistic);
            bytes += rows(statistic, cell.inputs().points(), depth)
                    * (BYTES_PER_ROW + (predicted ? BYTES_PER_PREDICTION : 0));
        }
        // The correlation is computed from the stored covariance, and the outer product from the stored gradient.
        if (Statistic.anyFrom(Source.COVARIANCE, cell.statistics())) {
            bytes += array(points * points);
        }
        if (cell.statistics().contains(Statistic.GRADIENT) || cell.statistics().contains(Statistic.OUTER_PRODUCT)) {
            bytes += array(points);
        }
        if (cell.statistics().contains(Statistic.ACTIVITY_RASTER)) {
            bytes += array(points * units(cell.network()));
        }
        return bytes;
    }

    private static double array(double numbers) {
        return BYTES_PER_ARRAY + BYTES_PER_NUMBER * numbers;
    }

    private static double units(NetworkSpec network) {
        return switch (network) {
            case NetworkSpec.Rectifier rectifier -> rectifier.width();
            case NetworkSpec.Convolutional convolutional -> convolutional.channels();
            case NetworkSpec.Noise _ -> 0;
        };
    }

    /** Returns the number of rows that a statistic has at a depth. */
    private static int rows(Statistic statistic, int points, int depth) {
        return switch (statistic) {
            case GRADIENT_VARIANCE, GRADIENT_CORRELATION, EFFECTIVE_RANK, RELATIVE_EFFECTIVE_RANK, SPECTRAL_EXPONENT ->
                1;
            case AUTOCORRELATION -> Autocorrelation.LAGS;
            case ACTIVATION_RATE, COACTIVATION_RATE -> depth;
            case ACTIVATION_HISTOGRAM -> Activity.BINS;
            case CONTIGUITY_HISTOGRAM -> Integer.SIZE - Integer.numberOfLeadingZeros(points);
            case GRADIENT, OUTER_PRODUCT, COVARIANCE, CORRELATION, ACTIVITY_RASTER -> 0;
        };
    }
}
