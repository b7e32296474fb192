package org.shatterlab.lab;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
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

/**
 * Measures cells. Thread-safe: each call computes on its caller's thread alone, so that as many platform threads as cores
 * keep the machine busy.
 */
public final class Lab {

    /** Threads that compute one cell: several stall at their barriers as soon as anything else runs. */
    public static final int INTRA_OP_THREADS = 1;

    /** On a CPU the layers of one run fill the cache. */
    private static final int RUNS_AT_A_TIME = 1;

    private static final Map<String, String> ENGINE_SETTINGS = Map.of(
            "ai.djl.pytorch.num_threads", Integer.toString(INTRA_OP_THREADS),
            "ai.djl.pytorch.num_interop_threads", "1",
            "OPT_OUT_TRACKING", "true",
            "ai.djl.offline", "true");

    private final Device device;
    private final DatasetFolder datasets;

    private Lab(Device device, DatasetFolder datasets) {
        this.device = device;
        this.datasets = datasets;
    }

    /**
     * Loads the engine, once per process.
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
        return new Lab(Device.cpu(), datasets);
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** The class of devices that the lab computes on: results of one class are comparable to the last bit. */
    public String deviceClass() {
        return device.getDeviceType();
    }

    /**
     * Measures a cell.
     *
     * @param stop whether the result is not needed any more, asked about once a layer
     * @throws UnmeasurableException where a number of it does not exist or leaves the floating-point range, or its inputs
     *     are not to be had
     * @throws CancellationException where it was stopped
     */
    public CellResult measure(CellSpec cell, BooleanSupplier stop) {
        return Stopping.unless(stop, () -> measure(cell));
    }

    /** The same, to its end. */
    public CellResult measure(CellSpec cell) {
        return measure(cell, RUNS_AT_A_TIME);
    }

    /**
     * The same.
     *
     * @param runsAtATime how many runs of a rectifier network go through its layers together
     */
    CellResult measure(CellSpec cell, int runsAtATime) {
        Map<Integer, DepthAccumulator> depths = new TreeMap<>();
        int together = cell.network() instanceof NetworkSpec.Rectifier ? runsAtATime : 1;
        int end = cell.firstRun() + cell.runs();
        try (NDManager manager = NDManager.newBaseManager(device)) {
            for (int run = cell.firstRun(); run < end; run += together) {
                Stopping.check();
                List<RunDraws> runs = IntStream.range(run, Math.min(end, run + together))
                        .mapToObj(number -> new RunDraws(cell.seed(), cell.network(), number))
                        .toList();
                try (NDManager runManager = manager.newSubManager()) {
                    switch (cell.network()) {
                        case NetworkSpec.Rectifier network -> sample(cell, network, runs, runManager, depths);
                        case NetworkSpec.Convolutional network ->
                            sample(cell, network, runs.getFirst(), runManager, depths);
                        case NetworkSpec.Noise noise ->
                            at(depths, null).add(Samples.ofNoise(noise, runs.getFirst(), cell));
                    }
                }
            }
        }
        return CellResult.of(depths.values(), cell.firstRun() == 0);
    }

    private static DepthAccumulator at(Map<Integer, DepthAccumulator> depths, @Nullable Integer depth) {
        return depths.computeIfAbsent(depth == null ? 0 : depth, _ -> new DepthAccumulator(depth));
    }

    private void sample(
            CellSpec cell,
            NetworkSpec.Rectifier spec,
            List<RunDraws> runs,
            NDManager manager,
            Map<Integer, DepthAccumulator> depths) {
        int dimension = cell.inputs().dimension();
        try (SampledNetwork network = new SampledNetwork(spec, dimension, runs, manager, cell.precision())) {
            NDArray x = inputs(cell, runs, manager);
            Samples.ofNetwork(network, x, runs, cell)
                    .forEach((depth, samples) ->
                            samples.forEach(sample -> at(depths, depth).add(sample)));
        }
    }

    private void sample(
            CellSpec cell,
            NetworkSpec.Convolutional spec,
            RunDraws draws,
            NDManager manager,
            Map<Integer, DepthAccumulator> depths) {
        if (!(cell.inputs() instanceof InputSpec.Images images)) {
            throw new UnmeasurableException(
                    "Convolutional networks look at images. Ask for inputs of type \"dataset\".");
        }
        SampledConvnet network =
                new SampledConvnet(spec, images.dataset(), cell.depths().getLast(), draws, manager, cell.precision());
        NDArray x = inputs(cell, List.of(draws), manager).squeeze(0);
        RankSamples ranks = new RankSamples(draws, cell);
        ConvolutionalPass.sweep(
                network,
                x,
                cell.depths(),
                (depth, gradients) -> at(depths, depth).add(Samples.ofInputGradients(gradients, depth, ranks, cell)));
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
