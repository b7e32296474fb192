package org.shatterlab.lab.input;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;

/** Turns an {@link InputSpec} into the points themselves. */
public final class Inputs {

    private static final byte[] GAUSSIAN_STREAM = "gaussian-inputs".getBytes(StandardCharsets.UTF_8);

    private Inputs() {}

    /**
     * The points, the same wherever and whenever they are asked for.
     *
     * @return M rows of d numbers
     */
    public static double[][] of(InputSpec spec) {
        return switch (spec) {
            case InputSpec.Grid grid -> equallySpaced(grid);
            case InputSpec.Gaussian gaussian -> standardNormal(gaussian);
        };
    }

    private static double[][] equallySpaced(InputSpec.Grid grid) {
        int last = grid.points() - 1;
        double[][] x = new double[grid.points()][1];
        for (int i = 1; i < last; i++) {
            // Both ends weighed, rather than steps added up: a symmetric interval gives points symmetric to the bit.
            x[i][0] = (grid.from() * (last - i) + grid.to() * i) / last;
        }
        x[0][0] = grid.from();
        x[last][0] = grid.to();
        return x;
    }

    private static double[][] standardNormal(InputSpec.Gaussian gaussian) {
        var sampler = ZigguratSampler.NormalizedGaussian.of(generator(gaussian));
        double[][] x = new double[gaussian.points()][gaussian.dimension()];
        for (double[] point : x) {
            for (int k = 0; k < point.length; k++) {
                point[k] = sampler.sample();
            }
        }
        return x;
    }

    /** Independent of the number of points, so that a larger batch begins with the points of a smaller one. */
    private static UniformRandomProvider generator(InputSpec.Gaussian gaussian) {
        ByteBuffer name = ByteBuffer.allocate(GAUSSIAN_STREAM.length + Long.BYTES + Integer.BYTES)
                .put(GAUSSIAN_STREAM)
                .putLong(gaussian.seed())
                .putInt(gaussian.dimension());
        return RandomSource.L64_X128_MIX.create(sha256(name.array()));
    }

    private static byte[] sha256(byte[] message) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(message);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
