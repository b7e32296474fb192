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
 * Computes the covariance C of the gradients at M points in the limit of infinite width, layer by layer.
 *
 * <p>A unit h and its derivative h' along the tangent are Gaussian over the weights. Three kernels therefore describe a
 * layer: K = E[h_i h_j], K10 = E[h'_i h_j] and K11 = E[h'_i h'_j], which is C.
 *
 * <p>Before the first rectifier, K = x_i.x_j / d + firstBiasStd^2 and K11 = 1. With d = 1 the tangent is the derivative
 * with respect to the input, and K10(i,j) = x_j. With d &gt; 1 the tangent is a random direction of the neurons, and
 * K10 = 0.
 *
 * <p>Let u be the pre-activations, which the normalisation may centre over the batch. Let s^2 be their variance over
 * the batch under batch normalisation, and 1 otherwise. Each layer maps
 *
 * <pre>
 * K   to a^2 K   + b^2 (p E[u_i  u_j  ; both positive] + q E[u_i  u_j])  / s^2
 * K10 to a^2 K10 + b^2 (p E[u'_i u_j  ; both positive] + q E[u'_i u_j])  / s^2
 * K11 to a^2 K11 + b^2 (p E[u'_i u'_j ; both positive] + q E[u'_i u'_j]) / s^2
 * </pre>
 *
 * <p>with p and q from the {@link BranchMoments} of activation and weights. ReLU with He initialisation has
 * p = 2 and q = 0.
 *
 * <p>The derivative treats the statistics of the batch as constants. Batch normalisation is exact only if every unit
 * has the same variance over the batch. The caller ensures this condition. Not thread-safe.
 */
final class GradientKernel {

    static final String DEGENERATE =
            "Some input's pre-activation is zero whatever the weights, or too close to zero to be told from rounding"
                    + " (an input at the origin without a first-layer bias, or at the mean of a batch that is centred):"
                    + " the rectifier has no derivative there.";

    /** A variance that centring reduces below this fraction is known to fewer than six digits. */
    private static final double CANCELLED = 1e-9;
    /** The kernels keep their full relative precision between this variance and its reciprocal. */
    private static final double MIN_VARIANCE = 1e-280;

    private final int points;
    private final Normalization normalization;
    private final BranchMoments moments;
    private final boolean normalizesFirst;
    /** Row i of each kernel holds the columns j &lt;= i, so that a layer reads and writes memory in order. */
    private final double[][] k;

    private final double[][] k10;
    /** Row i holds K10(j,i), the transpose of K10. */
    private final double[][] k01;

    private final double[][] k11;
    private final List<Double> coactivation = new ArrayList<>();
    private int depth;
    private @Nullable String obstacle;

    /**
     * Creates the kernel before the first rectifier.
     *
     * @param x M points with d coordinates each
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

    /** Returns the number of rectifier layers that the kernel has passed. */
    int depth() {
        return depth;
    }

    /** Returns the reason why the kernel is unknown at this depth and all deeper ones, or null if it is known. */
    @Nullable
    String obstacle() {
        return obstacle;
    }

    /** Returns C(i,j). */
    double covariance(int i, int j) {
        return i >= j ? k11[i][j] : k11[j][i];
    }

    /** Returns the mean over i of C(i,i). */
    double meanVariance() {
        double sum = 0;
        for (int i = 0; i < points; i++) {
            sum += k11[i][i];
        }
        return sum / points;
    }

    /** Returns sum_{i!=j} C(i,j) / ((M-1) sum_i C(i,i)). */
    double pooledCorrelation() {
        double sum = 0;
        for (int i = 0; i < points; i++) {
            for (int j = 0; j < i; j++) {
                sum += k11[i][j];
            }
        }
        return 2 * sum / points / ((points - 1) * meanVariance());
    }

    /** Returns the probability of co-activation at each passed layer, averaged over pairs of inputs. */
    List<Double> coactivation() {
        return List.copyOf(coactivation);
    }

    /** Passes one rectifier layer. After an {@link #obstacle} the method does nothing. */
    void advance(Coefficients coefficients) {
        if (obstacle != null) {
            return;
        }
        BatchMeans means = nextNormalization() == NONE ? BatchMeans.zero(points) : batchMeans();
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

    private double[] preActivationVariances(BatchMeans means) {
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

    private void propagate(Coefficients coefficients, BatchMeans means, double[] variance) {
        double skip = coefficients.skip() * coefficients.skip();
        double coactive = branchFactor(moments.coactive(), coefficients, variance);
        double total = branchFactor(moments.total(), coefficients, variance);
        double diagonal = coactive / 2 + total;
        PreActivation[] u = new PreActivation[points];
        double bothActive = 0;
        for (int i = 0; i < points; i++) {
            // Only a linear network gets this far with a cancelled variance. It uses sd for the co-activation alone.
            boolean cancelled = !(variance[i] > CANCELLED * k[i][i]);
            double sd = cancelled ? Double.NaN : Math.sqrt(variance[i]);
            double derivative = k10[i][i] - means.k10[i];
            u[i] = new PreActivation(sd, derivative / sd);
            for (int j = 0; j < i; j++) {
                double uv = k[i][j] - means.k[i] - means.k[j] + means.grand;
                double duv = k10[i][j] - means.k10[i];
                double udv = k01[i][j] - means.k10[j];
                CoactiveMoments active = moments.isLinear()
                        ? CoactiveMoments.ofProbability(u[i], u[j], uv)
                        : CoactiveMoments.of(u[i], u[j], uv, duv, udv, k11[i][j]);
                bothActive += active.probability();
                k[i][j] = skip * k[i][j] + coactive * active.product() + total * uv;
                k10[i][j] = skip * k10[i][j] + coactive * active.derivativeLeft() + total * duv;
                k01[i][j] = skip * k01[i][j] + coactive * active.derivativeRight() + total * udv;
                k11[i][j] = skip * k11[i][j] + coactive * active.derivatives() + total * k11[i][j];
            }
            k[i][i] = skip * k[i][i] + diagonal * variance[i];
            k10[i][i] = skip * k10[i][i] + diagonal * derivative;
            k01[i][i] = k10[i][i];
            k11[i][i] = (skip + diagonal) * k11[i][i];
        }
        coactivation.add(2 * bothActive / points / (points - 1));
    }

    private double branchFactor(double moment, Coefficients coefficients, double[] variance) {
        return moment * coefficients.branch() * coefficients.branch() / batchVariance(variance);
    }

    private double batchVariance(double[] variance) {
        if (nextNormalization() != BATCH_NORM) {
            return 1;
        }
        double sum = 0;
        for (double pointVariance : variance) {
            sum += pointVariance;
        }
        return sum / points + RectifierLayer.BATCH_NORM_EPSILON;
    }

    private BatchMeans batchMeans() {
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
        return new BatchMeans(kRow, grand, k10Row);
    }

    /**
     * The means that centring over the batch subtracts.
     *
     * @param k the mean of each row of K
     * @param grand the mean of K
     * @param k10 the mean of each row of K10
     */
    @SuppressWarnings("ArrayRecordComponent") // The record is never compared and never leaves this class.
    private record BatchMeans(double[] k, double grand, double[] k10) {

        static BatchMeans zero(int points) {
            return new BatchMeans(new double[points], 0, new double[points]);
        }
    }
}
