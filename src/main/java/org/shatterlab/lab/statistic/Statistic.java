package org.shatterlab.lab.statistic;

import java.util.Collection;

/**
 * A statistic of the gradients g_i = df/dx at the inputs x_i.
 *
 * <p>C(i,j) = E_W[g_i g_j] is the covariance over runs (Definition 1 of the paper). M is the number of inputs, N the
 * width and L the depth of the network.
 */
public enum Statistic {
    /** The mean over i of C(i,i). */
    GRADIENT_VARIANCE("gradient-variance", Kind.ROWS, Source.TANGENTS, false),
    /** The ratio of means sum_{i!=j} C(i,j) / ((M-1) sum_i C(i,i)). */
    GRADIENT_CORRELATION("gradient-correlation", Kind.ROWS, Source.TANGENTS, false),
    /** sum_i z_i z_{i+k} / sum_i z_i^2 with z = g - mean(g), per run. The index is the lag k = 0..15. */
    AUTOCORRELATION("autocorrelation", Kind.ROWS, Source.SERIES, true),
    /** The gradient of run 0 over the grid. */
    GRADIENT("gradient", Kind.SERIES, Source.SERIES, true),
    /** |(g-m)(g-m)^T| / var(g) of run 0 with the mean m, an M x M matrix. */
    OUTER_PRODUCT("outer-product", Kind.MATRIX, Source.SERIES, true),
    /** C, an M x M matrix. */
    COVARIANCE("covariance", Kind.MATRIX, Source.COVARIANCE, false),
    /** R(i,j) = C(i,j) / sqrt(C(i,i) C(j,j)), an M x M matrix. */
    CORRELATION("correlation", Kind.MATRIX, Source.COVARIANCE, false),
    /** r(A) = ||A||_F^2 / ||A||_2^2 per run, where the columns of A are the input gradients of the examples. */
    EFFECTIVE_RANK("effective-rank", Kind.ROWS, Source.INPUT_GRADIENTS, false),
    /** r(A) / r(Y) per run, where Y has the shape of A and independent standard normal values. */
    RELATIVE_EFFECTIVE_RANK("relative-effective-rank", Kind.ROWS, Source.INPUT_GRADIENTS, false),
    /** The fraction of active units over inputs and units. The index is the layer 1..L. */
    ACTIVATION_RATE("activation-rate", Kind.ROWS, Source.ACTIVITY, false),
    /** The fraction of input pairs that both activate a unit, averaged over units. The index is the layer 1..L. */
    COACTIVATION_RATE("coactivation-rate", Kind.ROWS, Source.ACTIVITY, false),
    /** The histogram of layer L's units by the fraction of inputs that activate a unit. The index is the bin 0..19. */
    ACTIVATION_HISTOGRAM("activation-histogram", Kind.ROWS, Source.ACTIVITY, false),
    /**
     * The histogram of the lengths of contiguous inputs of equal activity in layer L. The index k is the bin of the
     * lengths 2^k to 2^(k+1) - 1.
     */
    CONTIGUITY_HISTOGRAM("contiguity-histogram", Kind.ROWS, Source.ACTIVITY, true),
    /** The activity of layer L in run 0, an N x M matrix with 1 for an active unit and 0 for an inactive one. */
    ACTIVITY_RASTER("activity-raster", Kind.MATRIX, Source.ACTIVITY, false),
    /** The slope of log power over log frequency for the gradient over the grid, per run. */
    SPECTRAL_EXPONENT("spectral-exponent", Kind.ROWS, Source.SERIES, true);

    /** The shape of a statistic's values, which decides their storage and their representation in the API. */
    public enum Kind {
        /** One value with its standard error per depth and index. */
        ROWS,
        /** M values of one run. */
        SERIES,
        /** A matrix whose rows or columns are inputs. */
        MATRIX
    }

    /** The quantity of a run that a statistic is computed from, which decides the cost of a run. */
    public enum Source {
        /** t_L, averaged over the readout in closed form. */
        TANGENTS,
        /** g = v . t_L over the inputs, for one drawn readout v. */
        SERIES,
        /** t_L t_L^T / N over all pairs of inputs. */
        COVARIANCE,
        /** All d components of df_i/dx_i for one drawn readout, which need a backward sweep from each depth. */
        INPUT_GRADIENTS,
        /** The activity of each rectifier at each input. */
        ACTIVITY
    }

    private final String apiName;
    private final Kind kind;
    private final Source source;
    private final boolean needsGrid;

    Statistic(String apiName, Kind kind, Source source, boolean needsGrid) {
        this.apiName = apiName;
        this.kind = kind;
        this.source = source;
        this.needsGrid = needsGrid;
    }

    /** Returns the name of the statistic in the API. */
    public String apiName() {
        return apiName;
    }

    public Kind kind() {
        return kind;
    }

    public Source source() {
        return source;
    }

    /** Returns whether any of the statistics is computed from a source. */
    public static boolean anyFrom(Source source, Collection<Statistic> statistics) {
        return statistics.stream().anyMatch(statistic -> statistic.source == source);
    }

    /** Returns whether the statistic is stored for run 0 alone instead of being averaged over runs. */
    public boolean isOfRunZero() {
        return switch (this) {
            case GRADIENT, OUTER_PRODUCT, ACTIVITY_RASTER -> true;
            case GRADIENT_VARIANCE,
                    GRADIENT_CORRELATION,
                    AUTOCORRELATION,
                    COVARIANCE,
                    CORRELATION,
                    EFFECTIVE_RANK,
                    RELATIVE_EFFECTIVE_RANK,
                    ACTIVATION_RATE,
                    COACTIVATION_RATE,
                    ACTIVATION_HISTOGRAM,
                    CONTIGUITY_HISTOGRAM,
                    SPECTRAL_EXPONENT -> false;
        };
    }

    /** Returns whether the statistic has a value for every layer up to L. */
    public boolean isPerLayer() {
        return this == ACTIVATION_RATE || this == COACTIVATION_RATE;
    }

    /**
     * Returns whether the statistic is undefined for noise. Noise replaces the gradient by a random series, which has
     * neither layers nor input gradients.
     */
    public boolean needsNetwork() {
        return source == Source.ACTIVITY || source == Source.INPUT_GRADIENTS;
    }

    /** Returns whether the statistic needs a grid, where neighbours in the batch are neighbours in space. */
    public boolean needsGrid() {
        return needsGrid;
    }
}
