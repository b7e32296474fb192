package org.shatterlab.lab.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.Dataset;

/** One draw of a convolutional network: its weights, all of them held. For one thread. */
public final class SampledConvnet {

    /** The height and the width of a kernel. */
    public static final int KERNEL = 3;

    private final NetworkSpec.Convolutional spec;
    private final Dataset images;
    private final RunDraws draws;
    private final NDManager manager;
    private final Precision precision;
    private final NDArray stem;
    private final List<NDArray> kernels = new ArrayList<>();

    /**
     * @param images what it looks at
     * @param depth L, of the deepest network that is asked for
     * @param manager what the weights, and the arrays of its layers' function, live with
     */
    public SampledConvnet(
            NetworkSpec.Convolutional spec,
            Dataset images,
            int depth,
            RunDraws draws,
            NDManager manager,
            Precision precision) {
        this.spec = spec;
        this.images = images;
        this.draws = draws;
        this.manager = manager;
        this.precision = precision;
        int taps = KERNEL * KERNEL;
        int channels = spec.channels();
        this.stem = draw(
                RunDraws.Role.FIRST_WEIGHT,
                0,
                Math.sqrt(1.0 / (taps * images.channels())),
                new Shape(channels, images.channels(), KERNEL, KERNEL));
        for (int layer = 1; layer <= depth; layer++) {
            kernels.add(draw(
                    RunDraws.Role.HIDDEN_WEIGHT,
                    layer,
                    Math.sqrt(2.0 / (taps * channels)),
                    new Shape(channels, channels, KERNEL, KERNEL)));
        }
    }

    public NetworkSpec.Convolutional spec() {
        return spec;
    }

    /** What it looks at. */
    public Dataset images() {
        return images;
    }

    /** The format that weights, hidden states and gradients are computed in. */
    public DataType type() {
        return precision.type();
    }

    /**
     * The function of its layers, but for the convolutions.
     *
     * @param depth L, of the whole network
     */
    public RectifierLayer layerFunction(int depth) {
        return new RectifierLayer(spec.skipConnection().coefficients(depth), new Activation.Relu(), manager, type());
    }

    /** K_0 ~ N(0, 1/(9c)), shape (C, c, 3, 3), with c the channels of an image. */
    public NDArray stem() {
        return stem;
    }

    /**
     * K_l ~ N(0, 2/(9C)) (He), shape (C, C, 3, 3).
     *
     * @param layer l, from 1
     */
    public NDArray kernel(int layer) {
        return kernels.get(layer - 1);
    }

    /** v ~ N(0, 1/C), shape (C), another one for each depth. */
    public NDArray readout(int depth) {
        return draw(RunDraws.Role.READOUT, depth, Math.sqrt(1.0 / spec.channels()), new Shape(spec.channels()));
    }

    private NDArray draw(RunDraws.Role role, int index, double standardDeviation, Shape shape) {
        ContinuousSampler normals = draws.normals(role, index);
        double[] values = new double[Math.toIntExact(shape.size())];
        Arrays.setAll(values, _ -> standardDeviation * normals.sample());
        return precision.array(manager, values, shape);
    }
}
