package org.shatterlab.lab.network;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Every random draw of one run.
 *
 * <p>A run's draws follow from the seed, the network and the run's number alone, and each layer has a generator of its
 * own. So a result depends neither on which worker computed it nor on what else was asked for, a weight can be drawn
 * again instead of being kept, and float32 and float64 networks have the same weights up to rounding.
 */
public final class RunDraws {

    /** What a generator draws. */
    public enum Role {
        FIRST_WEIGHT,
        FIRST_BIAS,
        /** The direction of the neurons of h_0 in which tangents start, where the inputs have several dimensions. */
        DIRECTION,
        HIDDEN_WEIGHT,
        READOUT,
        NOISE
    }

    private final byte[] key;

    public RunDraws(long seed, NetworkSpec network, int run) {
        this.key = sha256(seed + "\n" + identity(network) + "\n" + run);
    }

    /**
     * Independent standard normal values, the same sequence at each call.
     *
     * @param index the layer or the depth that the values belong to; 0 where there is only one
     */
    public ContinuousSampler normals(Role role, int index) {
        byte[] digest = digest().digest(concatenate(key, role.name() + "\n" + index));
        long[] seed = new long[4];
        ByteBuffer.wrap(digest).asLongBuffer().get(seed);
        return ZigguratSampler.NormalizedGaussian.of(RandomSource.L64_X128_MIX.create(seed));
    }

    private static String identity(NetworkSpec network) {
        return switch (network) {
            case NetworkSpec.Rectifier r ->
                "rectifier " + identity(r.wiring()) + " " + r.width() + " "
                        + r.normalization().apiName() + " " + r.firstBiasStd();
            case NetworkSpec.Noise(NetworkSpec.Color color) -> "noise " + color.apiName();
        };
    }

    private static String identity(Wiring wiring) {
        return switch (wiring) {
            case Wiring.Feedforward() -> "feedforward";
            case Wiring.Resnet(double alpha, double beta) -> "resnet " + alpha + " " + beta;
            case Wiring.Highway(double gamma2) -> "highway " + gamma2;
            case Wiring.ScaledHighway() -> "highway 1/sqrt(depth)";
        };
    }

    private static byte[] concatenate(byte[] prefix, String text) {
        byte[] suffix = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(prefix.length + suffix.length)
                .put(prefix)
                .put(suffix)
                .array();
    }

    private static byte[] sha256(String text) {
        return digest().digest(text.getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
