package org.shatterlab.lab;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.cuda.CudaUtils;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.engine.BrokenDeviceException;
import org.shatterlab.lab.engine.Cancellation;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.GpuFailures;
import org.shatterlab.lab.engine.LabRevision;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.lab.gradient.ConvolutionalPass;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.RunDraws;
import org.shatterlab.lab.network.SampledConvnet;
import org.shatterlab.lab.network.SampledNetwork;
import org.shatterlab.lab.statistic.CellResult;
import org.shatterlab.lab.statistic.DepthAccumulator;
import org.shatterlab.lab.statistic.RunSample;

/**
 * Measures cells on one device.
 *
 * <p>Thread-safe. On a CPU, each call computes on the caller's thread alone, so that one platform thread per core uses
 * all cores. A GPU needs only one thread, which computes many runs at a time.
 */
public final class Lab {

    /** The number of threads for one cell. Several threads would stall at their barriers when other work runs. */
    public static final int INTRA_OP_THREADS = 1;

    /** The share of a GPU's free memory for arrays. The engine and gaps between arrays take the rest. */
    private static final double ARRAYS_SHARE = 0.8;

    /** The share of the heap for the runs that all GPUs of the process compute together. */
    private static final double HEAP_SHARE = 0.25;

    /** The largest host memory of a batch. One buffer holds a layer's weights of all runs and is limited to 2 GiB. */
    private static final double MAX_HOST_BYTES = 1 << 30;

    private static final double GIBIBYTE = 1 << 30;

    /** A size at which the engine reads its thread count. The engine reads the count for arrays above 2^15 numbers. */
    private static final int LARGE_ARRAY = 1 << 16;

    /**
     * True for each thread on which the engine uses {@link #INTRA_OP_THREADS}. The engine applies this setting at the
     * first large array of a thread. Earlier products run on one thread per core and round differently.
     */
    private static final ThreadLocal<Boolean> THREAD_COUNT_APPLIED = ThreadLocal.withInitial(() -> {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            manager.zeros(new Shape(LARGE_ARRAY)).addi(1);
        }
        return true;
    });

    private static final Map<String, String> ENGINE_SETTINGS = Map.of(
            "ai.djl.pytorch.num_threads", Integer.toString(INTRA_OP_THREADS),
            "ai.djl.pytorch.num_interop_threads", "1",
            "OPT_OUT_TRACKING", "true",
            "ai.djl.offline", "true");

    private final Device device;
    private final DatasetFolder datasets;
    private final double gpuMemoryBytes;
    private final double hostBytes;
    private final String deviceName;

    private Lab(Device device, DatasetFolder datasets, double gpuMemoryBytes, double hostBytes, String deviceName) {
        this.device = device;
        this.datasets = datasets;
        this.gpuMemoryBytes = gpuMemoryBytes;
        this.hostBytes = hostBytes;
        this.deviceName = deviceName;
    }

    /**
     * Creates a lab that computes on the CPU. The first call of a process loads the engine.
     *
     * @param engineCache the folder for the engine's native libraries, unless DJL_CACHE_DIR is set
     * @param datasets the source of images
     * @throws IllegalStateException if the engine differs from the engine in the fingerprints of cells
     */
    public static Lab open(Path engineCache, DatasetFolder datasets) {
        ENGINE_SETTINGS.forEach(Lab::setUnlessSet);
        if (System.getenv("DJL_CACHE_DIR") == null) {
            setUnlessSet("DJL_CACHE_DIR", engineCache.toString());
        }
        Engine engine = Engine.getInstance();
        String found = engine.getEngineName().toLowerCase(Locale.ROOT) + "-" + engine.getVersion();
        if (!found.equals(LabRevision.ENGINE)) {
            throw new IllegalStateException("The engine is " + found + ", but stored results require the engine "
                    + LabRevision.ENGINE + ". Install that engine.");
        }
        return new Lab(Device.cpu(), datasets, 0, 0, DeviceClass.CPU.apiName());
    }

    /** Returns the number of GPUs that the engine finds. An engine for CPUs finds none. */
    public static int gpuCount() {
        return Engine.getInstance().getGpuCount();
    }

    /**
     * Creates one lab for each GPU, with the data sets of this lab.
     *
     * @param numbers the numbers, from 0, of all GPUs that this process uses, because the GPUs share the heap
     * @throws IllegalStateException if a GPU fails a self-test
     */
    public List<Lab> onGpus(List<Integer> numbers) {
        double heap = HEAP_SHARE * Runtime.getRuntime().maxMemory() / numbers.size();
        return numbers.stream()
                .map(number -> onGpu(Device.gpu(number), Math.min(MAX_HOST_BYTES, heap)))
                .toList();
    }

    private Lab onGpu(Device gpu, double hostBytes) {
        // The self-tests run first, because they load the libraries of products and convolutions, which occupy memory.
        DeviceSelfTest.requireAll(gpu);
        // The memory is measured only once, because the engine keeps freed memory, which then no longer counts as free.
        MemoryUsage memory = CudaUtils.getGpuMemory(gpu);
        return new Lab(
                gpu,
                datasets,
                ARRAYS_SHARE * (memory.getMax() - memory.getUsed()),
                hostBytes,
                gpuName(CudaUtils.getComputeCapability(gpu.getDeviceId()), memory.getMax()));
    }

    /**
     * Returns the device name of a GPU, which describes the model.
     *
     * @param capability the compute capability, without the point
     * @param bytes the size of the memory
     */
    static String gpuName(String capability, long bytes) {
        int point = capability.length() - 1;
        return DeviceClass.GPU.apiName() + " (compute capability " + capability.substring(0, point) + "."
                + capability.substring(point) + ", " + Math.round(bytes / GIBIBYTE) + " GiB)";
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** Returns the class of the device. On CPUs, one specification always gives the same bits. */
    public DeviceClass deviceClass() {
        return device.isGpu() ? DeviceClass.GPU : DeviceClass.CPU;
    }

    /** Returns the class of the device and, for a GPU, the compute capability and the memory. */
    public String deviceName() {
        return deviceName;
    }

    /**
     * Returns the memory of a GPU that the arrays of all runs together may use, in bytes. The result is 0 for a CPU,
     * because other programs share its memory.
     */
    public long gpuMemoryBytes() {
        return (long) gpuMemoryBytes;
    }

    /**
     * Returns the number of runs of a cell and its siblings to compute together. For rectifier networks on a GPU, the
     * result is the number of runs that fit into memory. Otherwise the result is 1. On a CPU, the layers of one run
     * already fill the cache.
     */
    public int runsPerBatch(CellSpec cell) {
        if (!(cell.network() instanceof NetworkSpec.Rectifier)) {
            return 1;
        }
        RunMemoryEstimate run = RunMemoryEstimate.of(cell);
        return (int)
                Math.max(1, Math.min((gpuMemoryBytes - run.sharedDraw()) / run.onDevice(), hostBytes / run.onHost()));
    }

    /** Makes the engine use {@link #INTRA_OP_THREADS} for all later work of the current thread, as for cells. */
    public static void applyThreadCount() {
        THREAD_COUNT_APPLIED.get();
    }

    /**
     * Measures a cell.
     *
     * @param stop whether to cancel because the result is no longer needed, evaluated at each layer
     * @throws UnmeasurableException if a number does not exist or leaves the floating-point range, or if the inputs are
     *     not available
     * @throws CancellationException if the computation was cancelled
     * @throws BrokenDeviceException if this process can no longer use the device
     */
    public CellResult measure(CellSpec cell, BooleanSupplier stop) {
        return measure(List.of(cell), stop).getFirst();
    }

    /** Measures a cell like {@link #measure(CellSpec, BooleanSupplier)}, without cancellation. */
    public CellResult measure(CellSpec cell) {
        return measure(cell, () -> false);
    }

    /**
     * Measures several cells together, as if all runs belonged to one cell.
     *
     * @param siblings at least one cell; all cells must be {@linkplain CellSpec#isSiblingOf siblings}
     * @param stop whether to cancel because no result is needed any longer, evaluated at each layer
     * @return one result for each cell, in the order of the cells
     * @throws UnmeasurableException if any cell has no result
     * @throws CancellationException if the computation was cancelled
     * @throws BrokenDeviceException if this process can no longer use the device
     */
    public List<CellResult> measure(List<CellSpec> siblings, BooleanSupplier stop) {
        try {
            return Cancellation.runCancellable(stop, () -> measure(siblings, runsPerBatch(siblings.getFirst())));
        } catch (EngineException e) {
            throw GpuFailures.isBroken(e) ? new BrokenDeviceException(device.toString(), e) : e;
        }
    }

    /**
     * Measures several cells together, in batches of runs.
     *
     * @param runsPerBatch the number of runs in a batch; must be 1 unless the cells have a rectifier network
     */
    List<CellResult> measure(List<CellSpec> siblings, int runsPerBatch) {
        applyThreadCount();
        List<Map<Integer, DepthAccumulator>> depths = new ArrayList<>();
        List<RunAccumulators> runs = new ArrayList<>();
        for (CellSpec cell : siblings) {
            Map<Integer, DepthAccumulator> ofCell = new TreeMap<>();
            depths.add(ofCell);
            IntStream.range(cell.firstRun(), cell.firstRun() + cell.runs())
                    .mapToObj(number -> new RunAccumulators(new RunDraws(cell.seed(), cell.network(), number), ofCell))
                    .forEach(runs::add);
        }
        try (NDManager manager = NDManager.newBaseManager(device)) {
            AdaptiveBatches.forEach(runs, runsPerBatch, together -> {
                Cancellation.throwIfCancelled();
                try (NDManager scratch = manager.newSubManager()) {
                    sample(siblings.getFirst(), together, scratch);
                }
            });
        }
        return IntStream.range(0, siblings.size())
                .mapToObj(i ->
                        CellResult.of(depths.get(i).values(), siblings.get(i).firstRun() == 0))
                .toList();
    }

    /** A run, with the accumulators of its cell by depth. Noise has no depth and uses the key 0. */
    private record RunAccumulators(RunDraws draws, Map<Integer, DepthAccumulator> depths) {

        void add(@Nullable Integer depth, RunSample sample) {
            depths.computeIfAbsent(depth == null ? 0 : depth, _ -> new DepthAccumulator(depth))
                    .add(sample);
        }
    }

    /**
     * Adds a sample of each run at each depth to the accumulators of the run's cell.
     *
     * @param cell the cell of any of the runs, because all cells are siblings
     */
    private void sample(CellSpec cell, List<RunAccumulators> runs, NDManager manager) {
        switch (cell.network()) {
            case NetworkSpec.Rectifier network -> sample(cell, network, runs, manager);
            case NetworkSpec.Convolutional network -> sample(cell, network, runs.getFirst(), manager);
            case NetworkSpec.Noise noise -> {
                RunAccumulators run = runs.getFirst();
                run.add(null, RunSampler.sampleNoise(noise, run.draws(), cell));
            }
        }
    }

    private void sample(CellSpec cell, NetworkSpec.Rectifier spec, List<RunAccumulators> runs, NDManager manager) {
        List<RunDraws> draws = runs.stream().map(RunAccumulators::draws).toList();
        int dimension = cell.inputs().dimension();
        try (SampledNetwork network =
                new SampledNetwork(spec, dimension, draws, manager, cell.precision(), cell.draws())) {
            NDArray x = inputs(cell, draws, manager);
            RunSampler.sampleNetwork(network, x, draws, cell).forEach((depth, samples) -> {
                for (int i = 0; i < runs.size(); i++) {
                    runs.get(i).add(depth, samples.get(i));
                }
            });
        }
    }

    private void sample(CellSpec cell, NetworkSpec.Convolutional spec, RunAccumulators run, NDManager manager) {
        if (!(cell.inputs() instanceof InputSpec.Images images)) {
            throw new UnmeasurableException(
                    "Convolutional networks need images as inputs. Ask for inputs of type \"dataset\".");
        }
        SampledConvnet network = new SampledConvnet(
                spec, images.dataset(), cell.depths().getLast(), run.draws(), manager, cell.precision());
        NDArray x = inputs(cell, List.of(run.draws()), manager).squeeze(0);
        RankSampler ranks = new RankSampler(run.draws(), cell);
        ConvolutionalPass.sweep(
                network,
                x,
                cell.depths(),
                (depth, gradients) -> run.add(depth, RunSampler.sampleInputGradients(gradients, depth, ranks, cell)));
    }

    /** Returns the inputs, shape (R, M, d), or (1, M, d) if all runs have the same inputs. */
    private NDArray inputs(CellSpec cell, List<RunDraws> runs, NDManager manager) {
        List<RunDraws> different = cell.inputs().isSameInEveryRun() ? runs.subList(0, 1) : runs;
        int points = cell.inputs().points();
        int dimension = cell.inputs().dimension();
        double[] flat = new double[different.size() * points * dimension];
        int to = 0;
        for (RunDraws draws : different) {
            for (double[] point : Inputs.of(cell.inputs(), datasets, draws.run())) {
                System.arraycopy(point, 0, flat, to, dimension);
                to += dimension;
            }
        }
        return cell.precision().array(manager, flat, new Shape(different.size(), points, dimension));
    }
}
