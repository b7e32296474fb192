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
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.engine.Cancellation;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;

/**
 * A rectifier network with the weights of R runs, which lie along the first axis. The weights are drawn on demand.
 *
 * <p>Weights stand to the right of row vectors: {@code h W} with h of shape (M, N). Only the hidden weights of one
 * layer exist at a time, because a deep wide network would need hundreds of megabytes. An array that {@link #hidden}
 * returns is valid until the next call, which reuses or frees its memory. All arrays may be views of this network's
 * memory and must not be used after {@link #close}. Not thread-safe.
 */
public final class SampledNetwork implements AutoCloseable {

    /** The alignment in bytes that the widest vector instructions need. */
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
     * Creates a network. Nothing is drawn yet.
     *
     * @param dimension d, the dimension of the inputs
     * @param runs the draws of R runs
     * @param manager the manager that closes the arrays of weights and the constants of the layer function
     * @param draws the place where hidden weights are drawn; must be the host unless the weights are
     *     {@linkplain Initialization#isIndependent independent}
     */
    @SuppressWarnings("MustBeClosedChecker") // The method close() closes the memory.
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

    /** Returns d, the dimension of the inputs. */
    public int dimension() {
        return dimension;
    }

    /** Returns the type of weights, hidden states and gradients. */
    public DataType type() {
        return type;
    }

    /**
     * Returns the function of the network's layers.
     *
     * @param depth L of the whole network
     */
    public RectifierLayer layerFunction(int depth) {
        return new RectifierLayer(spec.skipConnection().coefficients(depth), spec.activation(), manager, type);
    }

    /** Returns W_0 ~ N(0, 1/d), shape (R, d, N). Every call fills the same memory with the same numbers. */
    public NDArray firstWeights() {
        Shape shape = new Shape(runs.size(), dimension, spec.width());
        if (firstBuffer == null) {
            firstBuffer = allocate(Math.toIntExact(shape.size()));
        }
        return draw(firstBuffer, RunDraws.DrawPurpose.FIRST_WEIGHT, 0, Math.sqrt(1.0 / dimension), shape);
    }

    /** Returns b_0 ~ N(0, firstBiasStd^2), shape (R, 1, N). */
    public NDArray firstBias() {
        return draw(RunDraws.DrawPurpose.FIRST_BIAS, 0, spec.firstBiasStd(), 1, spec.width());
    }

    /** Returns a random direction in the neurons of h_0, with components ~ N(0, 1), shape (R, 1, N). */
    public NDArray direction() {
        return draw(RunDraws.DrawPurpose.DIRECTION, 0, 1, 1, spec.width());
    }

    /**
     * Returns W_l, shape (R, A N, N), where A is {@link Activation#outputsPerUnit}. The array is valid until the next
     * call.
     *
     * <p>Every pass calls this method at each layer. Therefore the method checks for cancellation.
     *
     * @param layer l, from 1
     * @throws CancellationException if the computation is cancelled
     */
    public NDArray hiddenWeights(int layer) {
        Cancellation.throwIfCancelled();
        Shape shape = new Shape((long) spec.activation().outputsPerUnit() * spec.width(), spec.width());
        switch (draws) {
            case HOST -> drawOnHost(layer, new Shape(runs.size()).addAll(shape));
            case DEVICE -> {
                closeHidden();
                hidden = DeviceWeights.draw(runs, layer, HiddenWeights.scale(spec), shape, type, manager);
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
                run -> HiddenWeights.unscaled(spec, run.normals(RunDraws.DrawPurpose.HIDDEN_WEIGHT, layer)),
                HiddenWeights.scale(spec));
        // On a CPU the array is a view of the buffer, so the array already has the new values.
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

    /** Returns v ~ N(0, 1/N), shape (R, N, 1). Each depth has a different readout. */
    public NDArray readout(int depth) {
        return draw(RunDraws.DrawPurpose.READOUT, depth, Math.sqrt(1.0 / spec.width()), spec.width(), 1);
    }

    private NDArray draw(RunDraws.DrawPurpose purpose, int index, double standardDeviation, int rows, int columns) {
        Shape shape = new Shape(runs.size(), rows, columns);
        return draw(allocate(Math.toIntExact(shape.size())), purpose, index, standardDeviation, shape);
    }

    private NDArray draw(
            ByteBuffer buffer, RunDraws.DrawPurpose purpose, int index, double standardDeviation, Shape shape) {
        fill(buffer, run -> run.normals(purpose, index), standardDeviation);
        return manager.create(buffer, shape, type);
    }

    /**
     * Allocates memory outside the heap that {@link #close} frees at once. Direct buffers that wait for a garbage
     * collection would pile up over runs.
     */
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
     * Fills a buffer with the values of each run, one run after the other.
     *
     * <p>Several runs are drawn in parallel, because a GPU has many runs and waits for their weights. A single run is
     * drawn sequentially, because a parallel stream takes as long to start as a thousand values to draw.
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

    /** Fills a buffer through a small array, because an array is faster to fill and stays in the cache. */
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
