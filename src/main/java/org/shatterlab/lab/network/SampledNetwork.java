package org.shatterlab.lab.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.engine.Cancellation;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;

/**
 * Some draws of a rectifier network, R runs along the first axis: their weights, drawn when they are asked for.
 *
 * <p>Weights stand to the right of row vectors: {@code h W} with h of shape (M, N). Hidden weights are those of one layer
 * at a time, streamed through one buffer where the host draws them, since a deep wide network would hold hundreds of
 * megabytes otherwise: what {@link #hidden} returns is valid until its next call. All arrays are views of this network's
 * memory and must not be used once it is closed. For one thread.
 */
public final class SampledNetwork implements AutoCloseable {

    /** That of the widest vector instructions. */
    private static final int ALIGNMENT = 64;

    private static final int CHUNK = 1024;

    private final Arena memory;
    private final NetworkSpec.Rectifier spec;
    private final int dimension;
    private final List<RunDraws> runs;
    private final NDManager manager;
    private final DataType type;
    private final DrawSource draws;
    private @Nullable ByteBuffer hiddenBuffer;
    private @Nullable ByteBuffer firstBuffer;
    private @Nullable NDArray hidden;

    /**
     * @param dimension d, of the inputs
     * @param runs R of them
     * @param manager what the arrays of weights, and those of its layers' function, are closed with
     * @param draws where hidden weights are drawn; the host unless they are {@linkplain Initialization#isIndependent
     *     independent}
     */
    @SuppressWarnings("MustBeClosedChecker") // close() closes the memory
    public SampledNetwork(
            NetworkSpec.Rectifier spec,
            int dimension,
            List<RunDraws> runs,
            NDManager manager,
            Precision precision,
            DrawSource draws) {
        this.spec = spec;
        this.dimension = dimension;
        this.runs = List.copyOf(runs);
        this.memory = runs.size() == 1 ? Arena.ofConfined() : Arena.ofShared();
        this.manager = manager;
        this.type = precision.type();
        this.draws = draws;
    }

    public NetworkSpec.Rectifier spec() {
        return spec;
    }

    /** d, of the inputs. */
    public int dimension() {
        return dimension;
    }

    /** The format that weights, hidden states and gradients are computed in. */
    public DataType type() {
        return type;
    }

    /**
     * The function of its layers.
     *
     * @param depth L, of the whole network
     */
    public RectifierLayer layerFunction(int depth) {
        return new RectifierLayer(spec.skipConnection().coefficients(depth), spec.activation(), manager, type);
    }

    /** W_0 ~ N(0, 1/d), shape (R, d, N). Every call fills the same memory with the same numbers. */
    public NDArray first() {
        Shape shape = new Shape(runs.size(), dimension, spec.width());
        if (firstBuffer == null) {
            firstBuffer = allocate(Math.toIntExact(shape.size()));
        }
        return draw(firstBuffer, RunDraws.Role.FIRST_WEIGHT, 0, Math.sqrt(1.0 / dimension), shape);
    }

    /** b_0 ~ N(0, firstBiasStd^2), shape (R, 1, N). */
    public NDArray firstBias() {
        return draw(RunDraws.Role.FIRST_BIAS, 0, spec.firstBiasStd(), 1, spec.width());
    }

    /** A direction of the neurons of h_0, N(0, 1), shape (R, 1, N). */
    public NDArray direction() {
        return draw(RunDraws.Role.DIRECTION, 0, 1, 1, spec.width());
    }

    /**
     * W_l, shape (R, N, N), or (R, 2N, N) where the activation has two numbers for a unit; valid until the next call.
     * Every sweep comes by here at every layer, which is why it can be stopped here.
     *
     * @param layer l, from 1
     */
    public NDArray hidden(int layer) {
        Cancellation.check();
        Shape shape = new Shape((long) spec.activation().outputsPerUnit() * spec.width(), spec.width());
        switch (draws) {
            case HOST -> drawOnHost(layer, new Shape(runs.size()).addAll(shape));
            case DEVICE -> {
                closeHidden();
                hidden = DeviceWeights.drawn(runs, layer, HiddenWeights.scale(spec), shape, type, manager);
            }
        }
        return Objects.requireNonNull(hidden);
    }

    private void drawOnHost(int layer, Shape shape) {
        if (hiddenBuffer == null) {
            hiddenBuffer = allocate(Math.toIntExact(shape.size()));
        }
        fill(
                hiddenBuffer,
                run -> HiddenWeights.unscaled(spec, run.normals(RunDraws.Role.HIDDEN_WEIGHT, layer)),
                HiddenWeights.scale(spec));
        // On a CPU the array is a view of the buffer, and has changed with it.
        if (hidden == null || manager.getDevice().isGpu()) {
            closeHidden();
            hidden = manager.create(hiddenBuffer, shape, type);
        }
    }

    private void closeHidden() {
        if (hidden != null) {
            hidden.close();
        }
    }

    /** v ~ N(0, 1/N), shape (R, N, 1), another one for each depth. */
    public NDArray readout(int depth) {
        return draw(RunDraws.Role.READOUT, depth, Math.sqrt(1.0 / spec.width()), spec.width(), 1);
    }

    private NDArray draw(RunDraws.Role role, int index, double standardDeviation, int rows, int columns) {
        Shape shape = new Shape(runs.size(), rows, columns);
        return draw(allocate(Math.toIntExact(shape.size())), role, index, standardDeviation, shape);
    }

    private NDArray draw(ByteBuffer buffer, RunDraws.Role role, int index, double standardDeviation, Shape shape) {
        fill(buffer, run -> run.normals(role, index), standardDeviation);
        return manager.create(buffer, shape, type);
    }

    /** Outside the heap and freed at once: buffers that wait for a garbage collection would pile up over runs. */
    private ByteBuffer allocate(int values) {
        return memory.allocate(Math.multiplyFull(values, type.getNumOfBytes()), ALIGNMENT)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        closeHidden();
        memory.close();
    }

    /**
     * Each run's values one after the other, those of several runs at once: a GPU, which has many, waits for them. A parallel
     * stream of one takes as long to open as a thousand values to draw.
     */
    private void fill(ByteBuffer buffer, Function<RunDraws, ContinuousSampler> samplers, double scale) {
        int each = buffer.capacity() / type.getNumOfBytes() / runs.size();
        IntStream all = IntStream.range(0, runs.size());
        (runs.size() == 1 ? all : all.parallel()).forEach(run -> {
            ContinuousSampler values = samplers.apply(runs.get(run));
            if (type == DataType.FLOAT32) {
                fill(buffer.asFloatBuffer().slice(run * each, each), values, scale);
            } else {
                fill(buffer.asDoubleBuffer().slice(run * each, each), values, scale);
            }
        });
    }

    /** By way of a plain array, which is filled faster than a buffer, and stays in the cache. */
    private static void fill(FloatBuffer floats, ContinuousSampler values, double scale) {
        float[] drawn = new float[Math.min(floats.remaining(), CHUNK)];
        while (floats.hasRemaining()) {
            int count = Math.min(floats.remaining(), drawn.length);
            for (int i = 0; i < count; i++) {
                drawn[i] = (float) (scale * values.sample());
            }
            floats.put(drawn, 0, count);
        }
    }

    private static void fill(DoubleBuffer doubles, ContinuousSampler values, double scale) {
        while (doubles.hasRemaining()) {
            doubles.put(scale * values.sample());
        }
    }
}
