package org.shatterlab.lab.statistic;

/**
 * What can be measured of the gradients g_i = df/dx at the points x_i, with C(i,j) = E_W[g_i g_j] over runs (Definition 1
 * of the paper).
 */
public enum Statistic {
    /** Mean over i of C(i,i). */
    GRADIENT_VARIANCE("gradient-variance", Kind.ROWS, false),
    /** The ratio of means sum_{i!=j} C(i,j) / ((M-1) sum_i C(i,i)). */
    GRADIENT_CORRELATION("gradient-correlation", Kind.ROWS, false),
    /** sum_i z_i z_{i+k} / sum_i z_i^2 with z = g - mean(g), per run; its index is the lag k = 0..15. */
    AUTOCORRELATION("autocorrelation", Kind.ROWS, true),
    /** The gradient over the grid, of run 0. */
    GRADIENT("gradient", Kind.SERIES, true),
    /** |(g-m)(g-m)^T| / var(g) of run 0, M x M. */
    OUTER_PRODUCT("outer-product", Kind.MATRIX, true),
    /** C, M x M. */
    COVARIANCE("covariance", Kind.MATRIX, false),
    /** R(i,j) = C(i,j) / sqrt(C(i,i) C(j,j)), M x M. */
    CORRELATION("correlation", Kind.MATRIX, false);

    /** The shape a statistic's values have, which decides where they are kept and how they are read. */
    public enum Kind {
        /** One value per depth and index, with its error. */
        ROWS,
        /** M values of one run. */
        SERIES,
        /** M x M values. */
        MATRIX
    }

    private final String apiName;
    private final Kind kind;
    private final boolean needsOrderedInputs;

    Statistic(String apiName, Kind kind, boolean needsOrderedInputs) {
        this.apiName = apiName;
        this.kind = kind;
        this.needsOrderedInputs = needsOrderedInputs;
    }

    public String apiName() {
        return apiName;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the statistic means something only where neighbours in the batch are neighbours in space: on a grid. */
    public boolean needsOrderedInputs() {
        return needsOrderedInputs;
    }
}
