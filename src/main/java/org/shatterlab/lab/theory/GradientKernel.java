package org.shatterlab.lab.theory;

import static org.shatterlab.lab.network.Normalization.BATCH_NORM;
import static org.shatterlab.lab.network.Normalization.NONE;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.network.Coefficients;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.RectifierLayer;
import org.shatterlab.lab.theory.CoactiveMoments.PreActivation;

/**
 * The covariance C of gradients at M points in the limit of infinite width, walked layer by layer.
 *
 * <p>A unit h and its derivative h' along the tangent are Gaussian over the weights, so three kernels describe a layer:
 * K = E[h_i h_j], K10 = E[h'_i h_j] and K11 = E[h'_i h'_j], which is C. Before the first rectifier K = x_i.x_j / d +
 * firstBiasStd^2 and K11 = 1. Where d = 1 the tangent is the input's own and K10(i,j) = x_j; where d &gt; 1 it is a
 * random direction of the neurons and K10 = 0. With u the pre-activations, centred over the batch or not, and s^2 their
 * variance over the batch under batch normalisation, else 1, each layer takes
 *
 * <pre>
 * K   to a^2 K   + b^2 (p E[u_i  u_j  ; both positive] + q E[u_i  u_j])  / s^2
 * K10 to a^2 K10 + b^2 (p E[u'_i u_j  ; both positive] + q E[u'_i u_j])  / s^2
 * K11 to a^2 K11 + b^2 (p E[u'_i u'_j ; both positive] + q E[u'_i u'_j]) / s^2
 * </pre>
 *
 * <p>with p and q the {@link BranchMoments} of activation and weights; p = 2 and q = 0 for ReLU with He initialisation.
 *
 * <p>Statistics of the batch are constants to the derivative. Batch normalisation is exact only where a unit's variance
 * over the batch is the same for every unit; the caller sees to that. Not thread-safe.
 */
final class GradientKernel {

    static final String DEGENERATE =
            "Some input's pre-activation is zero whatever the weights, or too close to zero to be told from rounding"
                    + " (an input at the origin without a first-layer bias, or at the mean of a batch that is centred):"
                    + " the rectifier has no derivative there.";

    /** A centred variance below this part of what it was is known to fewer than six digits. */
    private static final double CANCELLED = 1e-9;
    /** The range in which the kernels keep their full relative precision. */
    private static final double MIN_VARIANCE = 1e-280;

    private final int points;
    private final Normalization normalization;
    private final BranchMoments moments;
    private final boolean normalizesFirst;
    /** Row i holds the columns j &lt;= i, here and below, so that a layer reads and writes memory in order. */
    private final double[][] k;

    private final double[][] k10;
    /** K10(j,i) in row i. */
    private final double[][] k01;

    private final double[][] k11;
    private final List<Double> coactivation = new ArrayList<>();
    private int depth;
    private @Nullable String obstacle;

    /**
     * Stands before the first rectifier.
     *
     * @param x M points of d numbers
     */
    GradientKernel(double[][] x, double firstBiasStd, Normalization normalization, BranchMoments moments) {
        boolean line = x[0].length == 1;
        this.points = x.length;
        this.normalization = normalization;
        this.moments = moments;
        this.normalizesFirst = !line;
        this.k = new double[points][];
        this.k10 = new double[points][];
        this.k01 = new double[points][];
        this.k11 = new double[points][];
        for (int i = 0; i < points; i++) {
            k[i] = new double[i + 1];
            k10[i] = new double[i + 1];
            k01[i] = new double[i + 1];
            k11[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) {
                k[i][j] = dot(x[i], x[j]) / x[i].length + firstBiasStd * firstBiasStd;
                k10[i][j] = line ? x[j][0] : 0;
                k01[i][j] = line ? x[i][0] : 0;
                k11[i][j] = 1;
            }
        }
    }

    private static double dot(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    /** The number of rectifier layers walked through. */
    int depth() {
        return depth;
    }

    /** Why there is no kernel at this depth nor at any deeper one, or null where there is one. */
    @Nullable
    String obstacle() {
        return obstacle;
    }

    /** C(i,j). */
    double covariance(int i, int j) {
        return i >= j ? k11[i][j] : k11[j][i];
    }

    /** Mean over i of C(i,i). */
    double meanVariance() {
        double sum = 0;
        for (int i = 0; i < points; i++) {
            sum += k11[i][i];
        }
        return sum / points;
    }

    /** sum_{i!=j} C(i,j) / ((M-1) sum_i C(i,i)). */
    double pooledCorrelation() {
        double sum = 0;
        for (int i = 0; i < points; i++) {
            for (int j = 0; j < i; j++) {
                sum += k11[i][j];
            }
        }
        return 2 * sum / points / ((points - 1) * meanVariance());
    }

    /** For each layer walked through, the probability that both rectifiers of a pair of inputs are active, over pairs. */
    List<Double> coactivation() {
        return List.copyOf(coactivation);
    }

    /** Walks through one rectifier layer, or stays where it is after an {@link #obstacle}. */
    void advance(Coefficients coefficients) {
        if (obstacle != null) {
            return;
        }
        Means means = nextNormalization() == NONE ? Means.zero(points) : means();
        double[] variance = preActivationVariances(means);
        for (int i = 0; i < points && !moments.isLinear(); i++) {
            if (!(variance[i] > CANCELLED * k[i][i])) {
                obstacle = DEGENERATE;
                return;
            }
        }
        propagate(coefficients, means, variance);
        depth++;
        if (!inRange()) {
            obstacle = GradientMoments.OUT_OF_RANGE;
        }
    }

    private Normalization nextNormalization() {
        return depth > 0 || normalizesFirst ? normalization : NONE;
    }

    private double[] preActivationVariances(Means means) {
        double[] variance = new double[points];
        for (int i = 0; i < points; i++) {
            variance[i] = k[i][i] - 2 * means.k[i] + means.grand;
        }
        return variance;
    }

    private boolean inRange() {
        for (int i = 0; i < points; i++) {
            double least = moments.isLinear() ? k11[i][i] : Math.min(k[i][i], k11[i][i]);
            double most = Math.max(k[i][i], k11[i][i]);
            if (!(least > MIN_VARIANCE && most < 1 / MIN_VARIANCE)) {
                return false;
            }
        }
        return true;
    }

    private void propagate(Coefficients coefficients, Means means, double[] variance) {
        double skip = coefficients.skip() * coefficients.skip();
        double coactive = branch(moments.coactive(), coefficients, variance);
        double total = branch(moments.total(), coefficients, variance);
        double diagonal = coactive / 2 + total;
        PreActivation[] u = new PreActivation[points];
        double bothActive = 0;
        for (int i = 0; i < points; i++) {
            // Only in a linear network, which needs it for nothing but the part of its pairs that are active.
            boolean cancelled = !(variance[i] > CANCELLED * k[i][i]);
            double sd = cancelled ? Double.NaN : Math.sqrt(variance[i]);
            double own = k10[i][i] - means.k10[i];
            u[i] = new PreActivation(sd, own / sd);
            for (int j = 0; j < i; j++) {
                double uv = k[i][j] - means.k[i] - means.k[j] + means.grand;
                double left = k10[i][j] - means.k10[i];
                double right = k01[i][j] - means.k10[j];
                CoactiveMoments active = moments.isLinear()
                        ? CoactiveMoments.ofProbability(u[i], u[j], uv)
                        : CoactiveMoments.of(u[i], u[j], uv, left, right, k11[i][j]);
                bothActive += active.probability();
                k[i][j] = skip * k[i][j] + coactive * active.product() + total * uv;
                k10[i][j] = skip * k10[i][j] + coactive * active.derivativeLeft() + total * left;
                k01[i][j] = skip * k01[i][j] + coactive * active.derivativeRight() + total * right;
                k11[i][j] = skip * k11[i][j] + coactive * active.derivatives() + total * k11[i][j];
            }
            k[i][i] = skip * k[i][i] + diagonal * variance[i];
            k10[i][i] = skip * k10[i][i] + diagonal * own;
            k01[i][i] = k10[i][i];
            k11[i][i] = (skip + diagonal) * k11[i][i];
        }
        coactivation.add(2 * bothActive / points / (points - 1));
    }

    private double branch(double moment, Coefficients coefficients, double[] variance) {
        return moment * coefficients.branch() * coefficients.branch() / batchVariance(variance);
    }

    private double batchVariance(double[] variance) {
        if (nextNormalization() != BATCH_NORM) {
            return 1;
        }
        double sum = 0;
        for (double each : variance) {
            sum += each;
        }
        return sum / points + RectifierLayer.BATCH_NORM_EPSILON;
    }

    private Means means() {
        double[] kRow = new double[points];
        double[] k10Row = new double[points];
        for (int i = 0; i < points; i++) {
            for (int j = 0; j < i; j++) {
                kRow[i] += k[i][j] / points;
                kRow[j] += k[i][j] / points;
                k10Row[i] += k10[i][j] / points;
                k10Row[j] += k01[i][j] / points;
            }
            kRow[i] += k[i][i] / points;
            k10Row[i] += k10[i][i] / points;
        }
        double grand = 0;
        for (double mean : kRow) {
            grand += mean / points;
        }
        return new Means(kRow, grand, k10Row);
    }

    /**
     * What centring over the batch subtracts.
     *
     * @param k the mean of each row of K
     * @param grand the mean of K
     * @param k10 the mean of each row of K10
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves this class
    private record Means(double[] k, double grand, double[] k10) {

        static Means zero(int points) {
            return new Means(new double[points], 0, new double[points]);
        }
    }
}
