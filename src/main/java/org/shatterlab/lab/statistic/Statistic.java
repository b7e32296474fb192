package org.shatterlab.lab.statistic;

import java.util.Collection;

/**
 * What can be measured of the gradients g_i = df/dx at the points x_i, with C(i,j) = E_W[g_i g_j] over runs (Definition 1
 * of the paper).
 */
public enum Statistic {
    /** Mean over i of C(i,i). */
    GRADIENT_VARIANCE("gradient-variance", Kind.ROWS, Source.TANGENTS, false),
    /** The ratio of means sum_{i!=j} C(i,j) / ((M-1) sum_i C(i,i)). */
    GRADIENT_CORRELATION("gradient-correlation", Kind.ROWS, Source.TANGENTS, false),
    /** sum_i z_i z_{i+k} / sum_i z_i^2 with z = g - mean(g), per run; its index is the lag k = 0..15. */
    AUTOCORRELATION("autocorrelation", Kind.ROWS, Source.SERIES, true),
    /** The gradient over the grid, of run 0. */
    GRADIENT("gradient", Kind.SERIES, Source.SERIES, true),
    /** |(g-m)(g-m)^T| / var(g) of run 0, M x M. */
    OUTER_PRODUCT("outer-product", Kind.MATRIX, Source.SERIES, true),
    /** C, M x M. */
    COVARIANCE("covariance", Kind.MATRIX, Source.COVARIANCE, false),
    /** R(i,j) = C(i,j) / sqrt(C(i,i) C(j,j)), M x M. */
    CORRELATION("correlation", Kind.MATRIX, Source.COVARIANCE, false),
    /** r(A) = ||A||_F^2 / ||A||_2^2, the columns of A being the input gradients of the examples, per run. */
    EFFECTIVE_RANK("effective-rank", Kind.ROWS, Source.INPUT_GRADIENTS, false),
    /** r(A) / r(Y), with Y independent standard normal values of the shape of A, per run. */
    RELATIVE_EFFECTIVE_RANK("relative-effective-rank", Kind.ROWS, Source.INPUT_GRADIENTS, false),
    /** The fraction of (input, unit) that is active; its index is the layer 1..L. */
    ACTIVATION_RATE("activation-rate", Kind.ROWS, Source.ACTIVITY, false),
    /** The fraction of pairs of inputs at both of which a unit is active, over units; its index is the layer 1..L. */
    COACTIVATION_RATE("coactivation-rate", Kind.ROWS, Source.ACTIVITY, false),
    /** Layer L's units by the fraction of inputs at which they are active; its index is the bin 0..19. */
    ACTIVATION_HISTOGRAM("activation-histogram", Kind.ROWS, Source.ACTIVITY, false),
    /** Layer L's contiguous runs of equal activity by their length; its index k stands for 2^k to 2^(k+1) - 1. */
    CONTIGUITY_HISTOGRAM("contiguity-histogram", Kind.ROWS, Source.ACTIVITY, true),
    /** Whether each unit of layer L is active at each input in run 0, N x M of 0 and 1. */
    ACTIVITY_RASTER("activity-raster", Kind.MATRIX, Source.ACTIVITY, false),
    /** The slope of log power over log frequency of the gradient over the grid, per run. */
    SPECTRAL_EXPONENT("spectral-exponent", Kind.ROWS, Source.SERIES, true);

    /** The shape a statistic's values have, which decides where they are kept and how they are read. */
    public enum Kind {
        /** One value per depth and index, with its error. */
        ROWS,
        /** M values of one run. */
        SERIES,
        /** A matrix of which rows or columns are inputs. */
        MATRIX
    }

    /** What of a run a statistic is worked out from, which decides what a run costs. */
    public enum Source {
        /** t_L, averaged over the readout in closed form. */
        TANGENTS,
        /** g = v . t_L over the inputs, of one drawn readout. */
        SERIES,
        /** t_L t_L^T / N over all pairs of inputs. */
        COVARIANCE,
        /** df_i/dx_i of one drawn readout, all d components: a sweep back from each depth. */
        INPUT_GRADIENTS,
        /** Which rectifiers are active at which inputs. */
        ACTIVITY
    }

    private final String apiName;
    private final Kind kind;
    private final Source source;
    private final boolean needsOrderedInputs;

    Statistic(String apiName, Kind kind, Source source, boolean needsOrderedInputs) {
        this.apiName = apiName;
        this.kind = kind;
        this.source = source;
        this.needsOrderedInputs = needsOrderedInputs;
    }

    public String apiName() {
        return apiName;
    }

    public Kind kind() {
        return kind;
    }

    public Source source() {
        return source;
    }

    /** Whether any of some statistics is worked out from a source. */
    public static boolean anyFrom(Source source, Collection<Statistic> statistics) {
        return statistics.stream().anyMatch(statistic -> statistic.source == source);
    }

    /** Whether it is kept of run 0 alone, and not averaged over runs. */
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

    /** Whether it has a value for every layer up to L. */
    public boolean isPerLayer() {
        return this == ACTIVATION_RATE || this == COACTIVATION_RATE;
    }

    /** Whether it is of a network alone: noise, a series in place of a gradient, has neither layers nor input gradients. */
    public boolean needsNetwork() {
        return source == Source.ACTIVITY || source == Source.INPUT_GRADIENTS;
    }

    /** Whether the statistic means something only where neighbours in the batch are neighbours in space: on a grid. */
    public boolean needsOrderedInputs() {
        return needsOrderedInputs;
    }
}
