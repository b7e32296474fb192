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
 * Measures cells on one device. Thread-safe: on a CPU each call computes on its caller's thread alone, so that as
 * many platform threads as cores keep it busy. A GPU is kept busy by one thread that computes many runs at a time.
 */
public final class Lab {

    /** Threads that compute one cell: several stall at their barriers as soon as anything else runs. */
    public static final int INTRA_OP_THREADS = 1;

    /** What of a GPU's free memory arrays may take: the rest is the engine's, and lost between arrays. */
    private static final double ARRAYS_SHARE = 0.8;

    /** What of the heap runs that are computed together may take, those of all GPUs. */
    private static final double HEAP_SHARE = 0.25;

    /** The weights of a layer, of all runs, lie in one buffer, which holds no more than 2 GiB. */
    private static final double MAX_HOST_BYTES = 1 << 30;

    private static final double GIBIBYTE = 1 << 30;

    /** The engine asks how many threads it may take where an array is larger than 2^15 numbers. */
    private static final int LARGE = 1 << 16;

    /**
     * The engine takes note of {@link #INTRA_OP_THREADS} thread by thread, at the first large array. Before that, its products
     * are computed by as many threads as there are cores, which rounds them otherwise.
     */
    private static final ThreadLocal<Boolean> KNOWS_ITS_THREADS = ThreadLocal.withInitial(() -> {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            manager.zeros(new Shape(LARGE)).addi(1);
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
    private final double deviceBytes;
    private final double hostBytes;
    private final String deviceName;

    private Lab(Device device, DatasetFolder datasets, double deviceBytes, double hostBytes, String deviceName) {
        this.device = device;
        this.datasets = datasets;
        this.deviceBytes = deviceBytes;
        this.hostBytes = hostBytes;
        this.deviceName = deviceName;
    }

    /**
     * Loads the engine, once per process, and computes on the CPU.
     *
     * @param engineCache where the engine's native libraries are unpacked, unless DJL_CACHE_DIR is set
     * @param datasets where inputs that are images come from
     * @throws IllegalStateException where another engine is installed than cells are fingerprinted with
     */
    public static Lab open(Path engineCache, DatasetFolder datasets) {
        ENGINE_SETTINGS.forEach(Lab::setUnlessSet);
        if (System.getenv("DJL_CACHE_DIR") == null) {
            setUnlessSet("DJL_CACHE_DIR", engineCache.toString());
        }
        Engine engine = Engine.getInstance();
        String found = engine.getEngineName().toLowerCase(Locale.ROOT) + "-" + engine.getVersion();
        if (!found.equals(LabRevision.ENGINE)) {
            throw new IllegalStateException("The engine is " + found + ", but results are stored as those of "
                    + LabRevision.ENGINE + "; install that engine");
        }
        return new Lab(Device.cpu(), datasets, 0, 0, DeviceClass.CPU.apiName());
    }

    /** How many GPUs the engine finds; none where it is one for CPUs. */
    public static int gpuCount() {
        return Engine.getInstance().getGpuCount();
    }

    /**
     * The same on GPUs, one for each.
     *
     * @param numbers of all GPUs that this process computes on, from 0
     * @throws IllegalStateException where one of them cannot compute, or not with all digits
     */
    public List<Lab> onGpus(List<Integer> numbers) {
        double heap = HEAP_SHARE * Runtime.getRuntime().maxMemory() / numbers.size();
        return numbers.stream()
                .map(number -> onGpu(Device.gpu(number), Math.min(MAX_HOST_BYTES, heap)))
                .toList();
    }

    private Lab onGpu(Device gpu, double hostBytes) {
        // First, since it also loads the libraries of products and convolutions, which keep memory for themselves.
        DeviceSelfTest.requireAll(gpu);
        // Asked once: what the engine took and freed it keeps for itself, and would not count as free any more.
        MemoryUsage memory = CudaUtils.getGpuMemory(gpu);
        return new Lab(
                gpu,
                datasets,
                ARRAYS_SHARE * (memory.getMax() - memory.getUsed()),
                hostBytes,
                gpuName(CudaUtils.getComputeCapability(gpu.getDeviceId()), memory.getMax()));
    }

    /**
     * What can be told of the model.
     *
     * @param capability its compute capability, without the point
     * @param bytes of its memory
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

    /** The class of the device: on CPUs, all results are the same to the last bit. */
    public DeviceClass deviceClass() {
        return device.isGpu() ? DeviceClass.GPU : DeviceClass.CPU;
    }

    /** The class of the device and, of a GPU, what can be told of its model. */
    public String deviceName() {
        return deviceName;
    }

    /** What the arrays of all runs together may take of a GPU, in bytes; 0 for a CPU, whose memory is not the lab's alone. */
    public long deviceBytes() {
        return (long) deviceBytes;
    }

    /**
     * How many runs of a cell, and of its siblings, are computed together: of a rectifier network on a GPU as many as fit into
     * memory. On a CPU the layers of one run fill the cache.
     */
    public int runsAtATime(CellSpec cell) {
        if (!(cell.network() instanceof NetworkSpec.Rectifier)) {
            return 1;
        }
        RunMemoryEstimate run = RunMemoryEstimate.of(cell);
        return (int) Math.max(1, Math.min((deviceBytes - run.together()) / run.onDevice(), hostBytes / run.onHost()));
    }

    /** Has the engine compute what this thread asks of it, now and later, on this thread alone, as cells are computed. */
    public static void computeAlone() {
        KNOWS_ITS_THREADS.get();
    }

    /**
     * Measures a cell.
     *
     * @param stop whether the result is not needed any more, asked about once a layer
     * @throws UnmeasurableException where a number of it does not exist or leaves the floating-point range, or its inputs
     *     are not to be had
     * @throws CancellationException where it was stopped
     * @throws BrokenDeviceException where the device failed for good, as far as this process goes
     */
    public CellResult measure(CellSpec cell, BooleanSupplier stop) {
        return measure(List.of(cell), stop).getFirst();
    }

    /** The same, to its end. */
    public CellResult measure(CellSpec cell) {
        return measure(cell, () -> false);
    }

    /**
     * Measures cells together, the runs of all as if they were those of one cell.
     *
     * @param siblings at least one, of which all are {@link CellSpec#isSiblingOf siblings}
     * @param stop whether none of the results is needed any more
     * @return one for each, in their order
     * @throws UnmeasurableException where any of them has no result
     * @throws CancellationException where they were stopped
     * @throws BrokenDeviceException where the device failed for good, as far as this process goes
     */
    public List<CellResult> measure(List<CellSpec> siblings, BooleanSupplier stop) {
        try {
            return Cancellation.unless(stop, () -> measure(siblings, runsAtATime(siblings.getFirst())));
        } catch (EngineException e) {
            throw GpuFailures.isBroken(e) ? new BrokenDeviceException(device.toString(), e) : e;
        }
    }

    /**
     * The same.
     *
     * @param runsAtATime how many runs go through the layers together; 1 unless they are of a rectifier network
     */
    List<CellResult> measure(List<CellSpec> siblings, int runsAtATime) {
        computeAlone();
        List<Map<Integer, DepthAccumulator>> depths = new ArrayList<>();
        List<Run> runs = new ArrayList<>();
        for (CellSpec cell : siblings) {
            Map<Integer, DepthAccumulator> ofCell = new TreeMap<>();
            depths.add(ofCell);
            IntStream.range(cell.firstRun(), cell.firstRun() + cell.runs())
                    .mapToObj(number -> new Run(new RunDraws(cell.seed(), cell.network(), number), ofCell))
                    .forEach(runs::add);
        }
        try (NDManager manager = NDManager.newBaseManager(device)) {
            AdaptiveBatches.forEach(runs, runsAtATime, together -> {
                Cancellation.check();
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

    /** A run, and where the samples of its cell are gathered. */
    private record Run(RunDraws draws, Map<Integer, DepthAccumulator> depths) {

        void add(@Nullable Integer depth, RunSample sample) {
            depths.computeIfAbsent(depth == null ? 0 : depth, _ -> new DepthAccumulator(depth))
                    .add(sample);
        }
    }

    /**
     * Takes a sample of each run at each depth.
     *
     * @param cell any of theirs
     */
    private void sample(CellSpec cell, List<Run> runs, NDManager manager) {
        switch (cell.network()) {
            case NetworkSpec.Rectifier network -> sample(cell, network, runs, manager);
            case NetworkSpec.Convolutional network -> sample(cell, network, runs.getFirst(), manager);
            case NetworkSpec.Noise noise -> {
                Run run = runs.getFirst();
                run.add(null, RunSampler.ofNoise(noise, run.draws(), cell));
            }
        }
    }

    private void sample(CellSpec cell, NetworkSpec.Rectifier spec, List<Run> runs, NDManager manager) {
        List<RunDraws> draws = runs.stream().map(Run::draws).toList();
        int dimension = cell.inputs().dimension();
        try (SampledNetwork network =
                new SampledNetwork(spec, dimension, draws, manager, cell.precision(), cell.draws())) {
            NDArray x = inputs(cell, draws, manager);
            RunSampler.ofNetwork(network, x, draws, cell).forEach((depth, samples) -> {
                for (int i = 0; i < runs.size(); i++) {
                    runs.get(i).add(depth, samples.get(i));
                }
            });
        }
    }

    private void sample(CellSpec cell, NetworkSpec.Convolutional spec, Run run, NDManager manager) {
        if (!(cell.inputs() instanceof InputSpec.Images images)) {
            throw new UnmeasurableException(
                    "Convolutional networks look at images. Ask for inputs of type \"dataset\".");
        }
        SampledConvnet network = new SampledConvnet(
                spec, images.dataset(), cell.depths().getLast(), run.draws(), manager, cell.precision());
        NDArray x = inputs(cell, List.of(run.draws()), manager).squeeze(0);
        RankSampler ranks = new RankSampler(run.draws(), cell);
        ConvolutionalPass.sweep(
                network,
                x,
                cell.depths(),
                (depth, gradients) -> run.add(depth, RunSampler.ofInputGradients(gradients, depth, ranks, cell)));
    }

    /** Shape (R, M, d), or (1, M, d) where the inputs of all runs are the same. */
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
