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

/** A convolutional network with drawn weights, which are all kept in memory. Not thread-safe. */
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
     * Draws the weights of all layers.
     *
     * @param images the data set of the network's inputs
     * @param depth L of the deepest network needed
     * @param manager the manager that closes the weights and the constants of the layer function
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
                RunDraws.DrawPurpose.FIRST_WEIGHT,
                0,
                Math.sqrt(1.0 / (taps * images.channels())),
                new Shape(channels, images.channels(), KERNEL, KERNEL));
        for (int layer = 1; layer <= depth; layer++) {
            kernels.add(draw(
                    RunDraws.DrawPurpose.HIDDEN_WEIGHT,
                    layer,
                    Math.sqrt(2.0 / (taps * channels)),
                    new Shape(channels, channels, KERNEL, KERNEL)));
        }
    }

    public NetworkSpec.Convolutional spec() {
        return spec;
    }

    /** Returns the data set of the network's inputs. */
    public Dataset images() {
        return images;
    }

    /** Returns the type of weights, hidden states and gradients. */
    public DataType type() {
        return precision.type();
    }

    /**
     * Returns the function of the network's layers, without the convolutions.
     *
     * @param depth L of the whole network
     */
    public RectifierLayer layerFunction(int depth) {
        return new RectifierLayer(spec.skipConnection().coefficients(depth), new Activation.Relu(), manager, type());
    }

    /** Returns K_0 ~ N(0, 1/(9c)), shape (C, c, 3, 3), where c is the number of channels of an image. */
    public NDArray stem() {
        return stem;
    }

    /**
     * Returns K_l ~ N(0, 2/(9C)) (He), shape (C, C, 3, 3).
     *
     * @param layer l, from 1
     */
    public NDArray kernel(int layer) {
        return kernels.get(layer - 1);
    }

    /** Returns v ~ N(0, 1/C), shape (C). Each depth has a different readout. */
    public NDArray readout(int depth) {
        return draw(RunDraws.DrawPurpose.READOUT, depth, Math.sqrt(1.0 / spec.channels()), new Shape(spec.channels()));
    }

    private NDArray draw(RunDraws.DrawPurpose purpose, int index, double standardDeviation, Shape shape) {
        ContinuousSampler normals = draws.normals(purpose, index);
        double[] values = new double[Math.toIntExact(shape.size())];
        Arrays.setAll(values, _ -> standardDeviation * normals.sample());
        return precision.array(manager, values, shape);
    }
}
