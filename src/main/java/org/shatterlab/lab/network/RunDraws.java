package org.shatterlab.lab.network;

import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.shatterlab.lab.random.Normals;

/**
 * Every random draw of one run.
 *
 * <p>A run's draws follow from the seed, the network and the run's number alone, and each layer has a generator of its
 * own. So a result depends neither on which worker computed it nor on what else was asked for, a weight can be drawn
 * again instead of being kept, and float32 and float64 networks have the same weights up to rounding, where the host draws
 * them. What a device draws follows from the same, and from the precision, and stands for {@value #DRAWN_TOGETHER} runs under
 * one name: see {@link DeviceWeights}.
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
        NOISE,
        /** What the effective rank of gradients is compared with. */
        RANK_REFERENCE
    }

    /** Runs that a device draws together: those numbered 5k to 5k + 4. */
    public static final int DRAWN_TOGETHER = 5;

    private final String origin;
    private final int run;

    public RunDraws(long seed, NetworkSpec network, int run) {
        this.run = run;
        this.origin = " of " + identity(network) + " seeded " + seed;
    }

    /** The number of the run. */
    public int run() {
        return run;
    }

    /**
     * Independent standard normal values, the same sequence at each call.
     *
     * @param index the layer or the depth that the values belong to; 0 where there is only one
     */
    public ContinuousSampler normals(Role role, int index) {
        return Normals.named("run " + run + origin + ", " + role + " " + index);
    }

    /** What the draw of a device is called that this run shares with others, as {@link #normals} has one of its own. */
    String nameTogether(Role role, int index) {
        return "runs from " + (run - placeTogether()) + origin + ", " + role + " " + index;
    }

    /** Which of the {@value #DRAWN_TOGETHER} runs of that draw this is, from 0. */
    int placeTogether() {
        return run % DRAWN_TOGETHER;
    }

    /** Whether this run stands right behind another in that draw. */
    boolean follows(RunDraws other) {
        return run == other.run + 1 && placeTogether() > 0 && origin.equals(other.origin);
    }

    private static String identity(NetworkSpec network) {
        return switch (network) {
            case NetworkSpec.Rectifier r ->
                "rectifier " + identity(r.skipConnection()) + " " + r.width() + " "
                        + r.normalization().apiName() + " " + r.firstBiasStd() + identity(r.activation())
                        + identity(r.initialization());
            case NetworkSpec.Convolutional c ->
                "convolutional " + identity(c.skipConnection()) + " " + c.channels() + " "
                        + c.normalization().apiName();
            case NetworkSpec.Noise(NetworkSpec.Color color) -> "noise " + color.apiName();
        };
    }

    /** Nothing for those that there were before there were others, which keep their draws. */
    private static String identity(Activation activation) {
        return switch (activation) {
            case Activation.Relu() -> "";
            case Activation.Crelu(), Activation.Linear() -> " " + activation.apiName();
            case Activation.Prelu(double slope) -> " " + activation.apiName() + " " + slope;
        };
    }

    private static String identity(Initialization initialization) {
        return initialization == Initialization.HE ? "" : " " + initialization.apiName();
    }

    private static String identity(SkipConnection skipConnection) {
        return switch (skipConnection) {
            case SkipConnection.Feedforward() -> "feedforward";
            case SkipConnection.Resnet(double alpha, double beta) -> "resnet " + alpha + " " + beta;
            case SkipConnection.Highway(double gamma2) -> "highway " + gamma2;
            case SkipConnection.ScaledHighway() -> "highway 1/sqrt(depth)";
        };
    }
}
