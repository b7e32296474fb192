package org.shatterlab.lab.network;

import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.shatterlab.lab.random.Normals;

/**
 * The random draws of one run.
 *
 * <p>The seed, the network and the run's number determine all draws of a run, and each layer has its own generator.
 * Therefore a result depends neither on the worker nor on the rest of the experiment. A weight can be drawn again
 * instead of being stored. Weights drawn on the host are the same in float32 and float64, up to rounding.
 *
 * <p>A draw on a device depends on the precision, too. Such a draw has one name for {@value #RUNS_PER_DEVICE_DRAW}
 * runs, as {@link DeviceWeights} describes.
 */
public final class RunDraws {

    /** The purpose of a draw. */
    public enum DrawPurpose {
        FIRST_WEIGHT,
        FIRST_BIAS,
        /** The direction in the neurons of h_0 in which tangents start, if the inputs have several dimensions. */
        DIRECTION,
        HIDDEN_WEIGHT,
        READOUT,
        NOISE,
        /** The normal matrix whose effective rank is the reference for the effective rank of gradients. */
        RANK_REFERENCE
    }

    /** The number of runs in one draw of a device. A draw covers the runs 5k to 5k + 4. */
    public static final int RUNS_PER_DEVICE_DRAW = 5;

    private final String origin;
    private final int run;

    public RunDraws(long seed, NetworkSpec network, int run) {
        this.run = run;
        this.origin = " of " + identity(network) + " seeded " + seed;
    }

    /** Returns the number of the run, from 0. */
    public int run() {
        return run;
    }

    /**
     * Returns independent standard normal values. Each call starts the sequence again.
     *
     * @param index the layer or the depth that the values belong to; 0 if the purpose has only one
     */
    public ContinuousSampler normals(DrawPurpose purpose, int index) {
        return Normals.named("run " + run + origin + ", " + purpose + " " + index);
    }

    /** Returns the name of the draw of a device that this run shares with other runs. */
    String sharedDrawName(DrawPurpose purpose, int index) {
        return "runs from " + (run - indexInSharedDraw()) + origin + ", " + purpose + " " + index;
    }

    /** Returns the index of this run among the {@value #RUNS_PER_DEVICE_DRAW} runs of the shared draw, from 0. */
    int indexInSharedDraw() {
        return run % RUNS_PER_DEVICE_DRAW;
    }

    /** Returns whether this run directly follows another run in the shared draw. */
    boolean followsInSharedDraw(RunDraws other) {
        return run == other.run + 1 && indexInSharedDraw() > 0 && origin.equals(other.origin);
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

    /** Returns an empty string for ReLU, so that the draws of the original networks stay unchanged. */
    private static String identity(Activation activation) {
        return switch (activation) {
            case Activation.Relu() -> "";
            case Activation.Crelu(), Activation.Linear() -> " " + activation.apiName();
            case Activation.Prelu(double slope) -> " " + activation.apiName() + " " + slope;
        };
    }

    /** Returns an empty string for He, so that the draws of the original networks stay unchanged. */
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
