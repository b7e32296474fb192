package org.shatterlab.lab.theory;

import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;

/**
 * Predictions from the {@link GradientKernel}, where it is exact and affordable. A network of width N deviates
 * from them by about 4 L/N of the value, and under batch normalisation the variance is larger by a further
 * 2 (L/M + 2/d) or so, since E[1/s^2] over the units exceeds 1 / E[s^2] in a batch of M points in d dimensions; the
 * correlation is hardly affected.
 */
final class InfiniteWidth {

    /** Four triangles of this many points take 64 MiB. */
    static final int MAX_POINTS = 2048;
    /** About half a minute of one core. */
    static final long MAX_ENTRIES = 1_500_000_000;
    /** About two seconds of one core. */
    static final long QUICK_ENTRIES = 75_000_000;
    /** From this many points and dimensions on, a unit's variance over the batch is much the same for every unit. */
    static final int LARGE_BATCH = 1024;

    static final int LARGE_DIMENSION = 100;

    /** The products of two points of so many dimensions take as long as an entry of a layer. */
    private static final int DIMENSIONS_OF_A_LAYER = 40;

    private static final String NEEDS_LARGE_BATCH =
            ("With batch normalisation the limit of infinite width has a known form"
                            + " only where every unit has the same variance over the batch:"
                            + " for Gaussian inputs of at least %d points in at least %d dimensions.")
                    .formatted(LARGE_BATCH, LARGE_DIMENSION);
    private static final String OTHER_INPUTS_IN_EACH_RUN =
            "Each run has inputs of its own, and for each the limit of infinite width is another.";
    private static final String TOO_MANY_POINTS =
            "The prediction for infinite width is worked out for at most %d points.".formatted(MAX_POINTS);

    private InfiniteWidth() {}

    /**
     * What holds at one depth.
     *
     * @param coactivation of each layer from the first on, as many as are known
     * @param obstacle why the other layers have none; null where all have
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
     * Predicts, as far as the budget goes.
     *
     * @param entries how often M x M kernel entries may be worked out
     */
    static SortedMap<Integer, Limit> predict(
            NetworkSpec.Rectifier network,
            InputSpec inputs,
            DatasetFolder datasets,
            Collection<Integer> depths,
            long entries) {
        var ascending = new TreeSet<>(depths);
        String impossible = impossible(network, inputs, entries);
        if (impossible != null) {
            var limits = new TreeMap<Integer, Limit>();
            ascending.forEach(depth -> limits.put(depth, Limit.none(impossible)));
            return limits;
        }
        return walk(network, Inputs.of(inputs, datasets, 0), ascending, entries);
    }

    private static @Nullable String impossible(NetworkSpec.Rectifier network, InputSpec inputs, long entries) {
        if (!inputs.isSameInEveryRun()) {
            return OTHER_INPUTS_IN_EACH_RUN;
        }
        if (network.normalization() == Normalization.BATCH_NORM && !concentrates(inputs)) {
            return NEEDS_LARGE_BATCH;
        }
        if (inputs.points() > MAX_POINTS) {
            return TOO_MANY_POINTS;
        }
        return affordable(inputs.points(), inputs.dimension(), entries) > 0 ? null : tooCostly(entries);
    }

    /** The layers that may be walked through after the kernel before them is worked out. */
    private static long affordable(int points, int dimension, long entries) {
        return entries / ((long) points * points) - dimension / DIMENSIONS_OF_A_LAYER;
    }

    private static String tooCostly(long entries) {
        return ("The prediction for infinite width is worked out up to a depth at which points x points x layers is"
                        + " %.1e, and %d dimensions of the inputs count as a layer; where the coefficients depend on the"
                        + " depth, the layers of all the depths asked for add up.")
                .formatted((double) entries, DIMENSIONS_OF_A_LAYER);
    }

    /** Whether trace(U)/M, the mean over inputs, is the variance over the batch of each single unit. */
    private static boolean concentrates(InputSpec inputs) {
        return switch (inputs) {
            case InputSpec.Grid _, InputSpec.GaussianMixture _, InputSpec.Images _ -> false;
            case InputSpec.Gaussian gaussian ->
                gaussian.points() >= LARGE_BATCH && gaussian.dimension() >= LARGE_DIMENSION;
        };
    }

    /**
     * Walks to every depth, until the budget is spent.
     *
     * @param x M points
     * @param depths ascending
     * @param entries how often M x M kernel entries may be worked out
     */
    static SortedMap<Integer, Limit> walk(
            NetworkSpec.Rectifier network, double[][] x, SortedSet<Integer> depths, long entries) {
        var limits = new TreeMap<Integer, Limit>();
        Supplier<GradientKernel> start =
                () -> new GradientKernel(x, network.firstBiasStd(), network.normalization(), BranchMoments.of(network));
        long affordable = affordable(x.length, x[0].length, entries);
        GradientKernel kernel = start.get();
        for (int depth : depths) {
            if (network.skipConnection().dependsOnDepth()) {
                if (affordable <= 0) {
                    // The kernel at hand is that of other coefficients.
                    limits.put(depth, Limit.none(tooCostly(entries)));
                    continue;
                }
                kernel = start.get();
                affordable -= x[0].length / DIMENSIONS_OF_A_LAYER;
            }
            var coefficients = network.skipConnection().coefficients(depth);
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
