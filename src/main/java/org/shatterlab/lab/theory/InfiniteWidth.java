package org.shatterlab.lab.theory;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.lab.network.Coefficients;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;

/**
 * Predicts the gradients from the {@link GradientKernel} if the kernel is exact and affordable.
 *
 * <p>A network of width N deviates from the prediction by about 4 L/N of the value. Under batch normalisation the
 * variance is larger by about another 2 (L/M + 2/d) in a batch of M points in d dimensions. The reason is that E[1/s^2]
 * over the units exceeds 1 / E[s^2]. The correlation hardly changes.
 */
final class InfiniteWidth {

    /** The maximum number of points. The four triangular kernels of this size take 64 MiB. */
    static final int MAX_POINTS = 2048;
    /** The default budget of kernel entries, which takes one core about half a minute. */
    static final long MAX_ENTRIES = 1_500_000_000;
    /** The budget of kernel entries for quick predictions, which takes one core about two seconds. */
    static final long QUICK_ENTRIES = 75_000_000;
    /**
     * From this many points and {@link #LARGE_DIMENSION} dimensions on, all units have nearly the same batch variance.
     */
    static final int LARGE_BATCH = 1024;

    static final int LARGE_DIMENSION = 100;

    /** The dot product of two points of this dimension takes as long as one kernel entry of a layer. */
    private static final int DIMENSIONS_PER_LAYER = 40;

    private static final String NEEDS_LARGE_BATCH = String.format(
            Locale.ROOT,
            "With batch normalisation the limit of infinite width has a known form"
                    + " only where every unit has the same variance over the batch:"
                    + " for Gaussian inputs of at least %d points in at least %d dimensions.",
            LARGE_BATCH,
            LARGE_DIMENSION);
    private static final String INPUTS_DIFFER_BETWEEN_RUNS =
            "Each run has inputs of its own, and for each the limit of infinite width is another.";
    private static final String TOO_MANY_POINTS = String.format(
            Locale.ROOT, "The prediction for infinite width is worked out for at most %d points.", MAX_POINTS);

    private InfiniteWidth() {}

    /**
     * The limit of infinite width at one depth.
     *
     * @param moments the predictions for the gradients
     * @param coactivation the co-activation probability of each layer with a known probability, the first layer first
     * @param obstacle the reason why the other layers have no probability, or null if all layers have one
     */
    record Limit(
            GradientMoments moments,
            List<Double> coactivation,
            @Nullable String obstacle) {

        static Limit none(String obstacle) {
            return new Limit(GradientMoments.none(obstacle), List.of(), obstacle);
        }
    }

    /**
     * Predicts the limit at each depth within a budget.
     *
     * @param entries the budget, as a number of kernel entries
     * @return the limits by depth
     */
    static SortedMap<Integer, Limit> predict(
            NetworkSpec.Rectifier network,
            InputSpec inputs,
            DatasetFolder datasets,
            Collection<Integer> depths,
            long entries) {
        var ascending = new TreeSet<>(depths);
        String obstacle = obstacle(network, inputs, entries);
        if (obstacle != null) {
            var limits = new TreeMap<Integer, Limit>();
            ascending.forEach(depth -> limits.put(depth, Limit.none(obstacle)));
            return limits;
        }
        return walk(network, Inputs.of(inputs, datasets, 0), ascending, entries);
    }

    /** Returns the reason why no depth has a prediction, or null if some depth may have one. */
    private static @Nullable String obstacle(NetworkSpec.Rectifier network, InputSpec inputs, long entries) {
        if (!inputs.isSameInEveryRun()) {
            return INPUTS_DIFFER_BETWEEN_RUNS;
        }
        if (network.normalization() == Normalization.BATCH_NORM && !hasUniformBatchVariance(inputs)) {
            return NEEDS_LARGE_BATCH;
        }
        if (inputs.points() > MAX_POINTS) {
            return TOO_MANY_POINTS;
        }
        return affordableLayers(inputs.points(), inputs.dimension(), entries) > 0 ? null : tooCostly(entries);
    }

    /** Returns the number of layers that the budget allows after the kernel before the first layer. */
    private static long affordableLayers(int points, int dimension, long entries) {
        return entries / ((long) points * points) - dimension / DIMENSIONS_PER_LAYER;
    }

    private static String tooCostly(long entries) {
        return String.format(
                Locale.ROOT,
                "The prediction for infinite width is worked out up to a depth at which points x points x layers is"
                        + " %.1e, and %d dimensions of the inputs count as a layer; where the coefficients depend on the"
                        + " depth, the layers of all the depths asked for add up.",
                (double) entries,
                DIMENSIONS_PER_LAYER);
    }

    /** Returns whether the batch variance of each unit is close to trace(U)/M, its mean over inputs. */
    private static boolean hasUniformBatchVariance(InputSpec inputs) {
        return switch (inputs) {
            case InputSpec.Grid _, InputSpec.GaussianMixture _, InputSpec.Images _ -> false;
            case InputSpec.Gaussian gaussian ->
                gaussian.points() >= LARGE_BATCH && gaussian.dimension() >= LARGE_DIMENSION;
        };
    }

    /**
     * Advances a kernel to every depth until the budget is spent.
     *
     * @param x M points with d coordinates each
     * @param depths the depths in ascending order
     * @param entries the budget, as a number of kernel entries
     * @return the limits by depth
     */
    static SortedMap<Integer, Limit> walk(
            NetworkSpec.Rectifier network, double[][] x, SortedSet<Integer> depths, long entries) {
        var limits = new TreeMap<Integer, Limit>();
        Supplier<GradientKernel> start =
                () -> new GradientKernel(x, network.firstBiasStd(), network.normalization(), BranchMoments.of(network));
        long affordable = affordableLayers(x.length, x[0].length, entries);
        GradientKernel kernel = start.get();
        for (int depth : depths) {
            if (network.skipConnection().dependsOnDepth()) {
                if (affordable <= 0) {
                    // The existing kernel has the coefficients of another depth.
                    limits.put(depth, Limit.none(tooCostly(entries)));
                    continue;
                }
                kernel = start.get();
                affordable -= x[0].length / DIMENSIONS_PER_LAYER;
            }
            Coefficients coefficients = network.skipConnection().coefficients(depth);
            while (kernel.obstacle() == null && kernel.depth() < depth && affordable > 0) {
                kernel.advance(coefficients);
                affordable--;
            }
            limits.put(depth, limit(kernel, depth, entries));
        }
        return limits;
    }

    private static Limit limit(GradientKernel kernel, int depth, long entries) {
        String obstacle = kernel.obstacle();
        if (obstacle == null && kernel.depth() < depth) {
            obstacle = tooCostly(entries);
        }
        GradientMoments moments = obstacle == null
                ? GradientMoments.of(kernel.meanVariance(), kernel.pooledCorrelation())
                : GradientMoments.none(obstacle);
        return new Limit(moments, kernel.coactivation(), obstacle);
    }
}
