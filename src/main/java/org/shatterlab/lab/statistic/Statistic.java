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
    CORRELATION("correlation", Kind.MATRIX, Source.COVARIANCE, false);

    /** The shape a statistic's values have, which decides where they are kept and how they are read. */
    public enum Kind {
        /** One value per depth and index, with its error. */
        ROWS,
        /** M values of one run. */
        SERIES,
        /** A matrix over pairs of inputs. */
        MATRIX
    }

    /** What of a run a statistic is worked out from, which decides what a run costs. */
    public enum Source {
        /** t_L, averaged over the readout in closed form. */
        TANGENTS,
        /** g = v . t_L over the inputs, of one drawn readout. */
        SERIES,
        /** t_L t_L^T / N over all pairs of inputs. */
        COVARIANCE
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

    /** Whether any of some statistics is worked out from a source. */
    public static boolean anyFrom(Source source, Collection<Statistic> statistics) {
        return statistics.stream().anyMatch(statistic -> statistic.source == source);
    }

    /** Whether it is kept of run 0 alone, and not averaged over runs. */
    public boolean isOfRunZero() {
        return switch (this) {
            case GRADIENT, OUTER_PRODUCT -> true;
            case GRADIENT_VARIANCE, GRADIENT_CORRELATION, AUTOCORRELATION, COVARIANCE, CORRELATION -> false;
        };
    }

    /** Whether the statistic means something only where neighbours in the batch are neighbours in space: on a grid. */
    public boolean needsOrderedInputs() {
        return needsOrderedInputs;
    }
}
