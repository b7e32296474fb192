package org.shatterlab.lab.theory;

import java.util.Collection;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
    /** From this many points and dimensions on, a unit's variance over the batch is much the same for every unit. */
    static final int LARGE_BATCH = 1024;

    static final int LARGE_DIMENSION = 100;

    private static final String NEEDS_LARGE_BATCH =
            ("With batch normalisation the limit of infinite width has a known form"
                            + " only where every unit has the same variance over the batch:"
                            + " for Gaussian inputs of at least %d points in at least %d dimensions.")
                    .formatted(LARGE_BATCH, LARGE_DIMENSION);
    private static final String TOO_MANY_POINTS =
            "The prediction for infinite width is worked out for at most %d points.".formatted(MAX_POINTS);
    private static final String TOO_COSTLY = ("The prediction for infinite width is worked out up to a depth at which"
                    + " points x points x layers is %.1e; where the coefficients depend on the depth, the layers of all"
                    + " the depths asked for add up.")
            .formatted((double) MAX_ENTRIES);

    private InfiniteWidth() {}

    static SortedMap<Integer, Moments> predict(
            NetworkSpec.Rectifier network, InputSpec inputs, Collection<Integer> depths) {
        var ascending = new TreeSet<>(depths);
        String impossible = impossible(network, inputs);
        if (impossible != null) {
            var moments = new TreeMap<Integer, Moments>();
            ascending.forEach(depth -> moments.put(depth, Moments.none(impossible)));
            return moments;
        }
        return walk(network, Inputs.of(inputs), ascending, MAX_ENTRIES);
    }

    private static @Nullable String impossible(NetworkSpec.Rectifier network, InputSpec inputs) {
        if (network.normalization() == Normalization.BATCH_NORM && !concentrates(inputs)) {
            return NEEDS_LARGE_BATCH;
        }
        return inputs.points() > MAX_POINTS ? TOO_MANY_POINTS : null;
    }

    /** Whether trace(U)/M, the mean over inputs, is the variance over the batch of each single unit. */
    private static boolean concentrates(InputSpec inputs) {
        return switch (inputs) {
            case InputSpec.Grid _ -> false;
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
    static SortedMap<Integer, Moments> walk(
            NetworkSpec.Rectifier network, double[][] x, SortedSet<Integer> depths, long entries) {
        var moments = new TreeMap<Integer, Moments>();
        Supplier<GradientKernel> start =
                () -> new GradientKernel(x, network.firstBiasStd(), network.normalization(), BranchMoments.of(network));
        long affordable = entries / ((long) x.length * x.length);
        GradientKernel kernel = start.get();
        for (int depth : depths) {
            if (network.wiring().dependsOnDepth()) {
                kernel = start.get();
            }
            var coefficients = network.wiring().coefficients(depth);
            while (kernel.obstacle() == null && kernel.depth() < depth && affordable > 0) {
                kernel.advance(coefficients);
                affordable--;
            }
            moments.put(depth, moments(kernel, depth));
        }
        return moments;
    }

    private static Moments moments(GradientKernel kernel, int depth) {
        String obstacle = kernel.obstacle();
        if (obstacle != null) {
            return Moments.none(obstacle);
        }
        return kernel.depth() < depth
                ? Moments.none(TOO_COSTLY)
                : Moments.of(kernel.meanVariance(), kernel.pooledCorrelation());
    }
}
