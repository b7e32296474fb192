package org.shatterlab.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.shatterlab.experiment.cell.PlannedCell;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.SampledConvnet;
import org.shatterlab.lab.random.Normals;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.statistic.Statistic.Source;

/**
 * Measures the hardware's limit for the computation of cells.
 *
 * <p>The limit is the time of the matrix products and of one draw of each weight, on all threads. The draws count with
 * the faster of the engine's generator and the lab's generator. The products run under the best conditions, with
 * operands in the cache and without any use of the results. Each instance measures anew. Not thread-safe.
 */
final class Roofline {

    private static final double SECONDS_PER_MEASUREMENT = 0.3;
    private static final int ATTEMPTS = 3;

    private final int threads;
    private final Map<Product, Double> productSeconds = new HashMap<>();
    private final Map<Integer, Double> drawSeconds = new HashMap<>();

    Roofline(int threads) {
        this.threads = threads;
    }

    /** The size of a matrix product (rows x inner) (inner x columns) in float32. */
    record Product(long rows, long inner, long columns) {

        double operations() {
            return 2.0 * rows * inner * columns;
        }
    }

    /**
     * The work that every program for the cells has to do.
     *
     * @param products the number of products of each size
     * @param draws the number of draws by the number of normal values in a draw
     */
    record Work(Map<Product, Double> products, Map<Integer, Double> draws) {

        double operations() {
            return products.entrySet().stream()
                    .mapToDouble(entry -> entry.getKey().operations() * entry.getValue())
                    .sum();
        }
    }

    /** Returns the work of the cells. */
    static Work work(List<PlannedCell> cells) {
        Map<Product, Double> products = new HashMap<>();
        Map<Integer, Double> draws = new HashMap<>();
        for (PlannedCell planned : cells) {
            CellSpec cell = planned.cell();
            switch (cell.network()) {
                case NetworkSpec.Rectifier network -> add(cell, network, products, draws);
                case NetworkSpec.Convolutional network -> add(cell, network, products, draws);
                case NetworkSpec.Noise _ -> draws.merge(cell.inputs().points(), (double) cell.runs(), Double::sum);
            }
        }
        return new Work(products, draws);
    }

    /**
     * Adds the work of a cell of rectifier networks.
     *
     * <p>The hidden states go up to the deepest network. Statistics of tangents need tangents up to the deepest
     * network. Statistics of input gradients need adjoints down from each depth.
     */
    private static void add(
            CellSpec cell, NetworkSpec.Rectifier network, Map<Product, Double> products, Map<Integer, Double> draws) {
        if (network.skipConnection().dependsOnDepth()) {
            throw new IllegalArgumentException("The roofline needs networks that share their layers between depths.");
        }
        int width = network.width();
        int inner = network.activation().outputsPerUnit() * width;
        double deepest = cell.depths().getLast();
        boolean adjoints = Statistic.anyFrom(Source.INPUT_GRADIENTS, cell.statistics());
        boolean tangents =
                cell.statistics().stream().anyMatch(statistic -> statistic.source() != Source.INPUT_GRADIENTS);
        double layers = deepest
                + (tangents ? deepest : 0)
                + (adjoints ? cell.depths().stream().mapToDouble(depth -> depth).sum() : 0);
        products.merge(new Product(cell.inputs().points(), inner, width), layers * cell.runs(), Double::sum);
        draws.merge(inner * width, deepest * cell.runs(), Double::sum);
    }

    /**
     * Adds the work of a cell of convolutional networks.
     *
     * <p>A layer multiplies the patches of each image by the kernels. The hidden states go up to the deepest network.
     * The adjoints go down from each depth.
     */
    private static void add(
            CellSpec cell,
            NetworkSpec.Convolutional network,
            Map<Product, Double> products,
            Map<Integer, Double> draws) {
        int taps = SampledConvnet.KERNEL * SampledConvnet.KERNEL * network.channels();
        double side = Math.sqrt(
                cell.inputs().dimension() / (double) images(cell).dataset().channels());
        double layers = cell.depths().getLast()
                + cell.depths().stream().mapToDouble(depth -> depth).sum();
        products.merge(
                new Product(Math.round(side * side), taps, network.channels()),
                layers * cell.runs() * cell.inputs().points(),
                Double::sum);
        draws.merge(taps * network.channels(), (double) cell.depths().getLast() * cell.runs(), Double::sum);
    }

    private static InputSpec.Images images(CellSpec cell) {
        return (InputSpec.Images) cell.inputs();
    }

    /** Returns the minimum time of the work on all threads, in seconds. */
    double seconds(Work work) throws InterruptedException, ExecutionException {
        return productSeconds(work) + drawSeconds(work);
    }

    /** Returns the rate of one product size on all threads together, in GFLOP/s. */
    double rate(Product product) throws InterruptedException, ExecutionException {
        return threads * product.operations() / seconds(product) / 1e9;
    }

    /** Returns the share of the products in the minimum time, in seconds. */
    double productSeconds(Work work) throws InterruptedException, ExecutionException {
        double sum = 0;
        for (Map.Entry<Product, Double> entry : work.products().entrySet()) {
            sum += entry.getValue() * seconds(entry.getKey()) / threads;
        }
        return sum;
    }

    private double drawSeconds(Work work) throws InterruptedException, ExecutionException {
        double sum = 0;
        for (Map.Entry<Integer, Double> entry : work.draws().entrySet()) {
            sum += entry.getValue() * drawSeconds(entry.getKey()) / threads;
        }
        return sum;
    }

    /** Returns the time of one product on one thread while all threads multiply, in seconds. */
    private double seconds(Product product) throws InterruptedException, ExecutionException {
        Double known = productSeconds.get(product);
        if (known == null) {
            known = bestSeconds(() -> {
                NDManager manager = NDManager.newBaseManager();
                NDArray a = manager.randomNormal(new Shape(product.rows(), product.inner()));
                NDArray b = manager.randomNormal(new Shape(product.inner(), product.columns()));
                return new RepeatedTask(() -> a.matMul(b).close(), manager::close);
            });
            productSeconds.put(product, known);
        }
        return known;
    }

    /** Returns the time of one draw of so many normal values on one thread while all threads draw, in seconds. */
    private double drawSeconds(int values) throws InterruptedException, ExecutionException {
        Double known = drawSeconds.get(values);
        if (known == null) {
            known = Math.min(
                    bestSeconds(() -> {
                        NDManager manager = NDManager.newBaseManager();
                        return new RepeatedTask(
                                () -> manager.randomNormal(0, 1, new Shape(values), DataType.FLOAT32)
                                        .close(),
                                manager::close);
                    }),
                    bestSeconds(() -> {
                        float[] drawn = new float[values];
                        ContinuousSampler normals = Normals.named("roofline");
                        return new RepeatedTask(
                                () -> {
                                    for (int i = 0; i < drawn.length; i++) {
                                        drawn[i] = (float) normals.sample();
                                    }
                                },
                                () -> {});
                    }));
            drawSeconds.put(values, known);
        }
        return known;
    }

    /**
     * A task that one thread repeats.
     *
     * @param once one repetition
     * @param cleanup the release of the task's resources after the last repetition
     */
    private record RepeatedTask(Runnable once, Runnable cleanup) {}

    /**
     * Returns the best time of one repetition over several attempts, in seconds. All threads repeat the task together.
     */
    private double bestSeconds(Callable<RepeatedTask> start) throws InterruptedException, ExecutionException {
        double best = Double.POSITIVE_INFINITY;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
                List<Future<Double>> times = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    times.add(pool.submit(() -> {
                        // Otherwise each thread multiplies on all cores, and waits for the other threads.
                        Lab.applyThreadCount();
                        return time(start.call());
                    }));
                }
                double sum = 0;
                for (Future<Double> time : times) {
                    sum += time.get();
                }
                best = Math.min(best, sum / threads);
            }
        }
        return best;
    }

    private static double time(RepeatedTask task) {
        // The first round compiles the code, loads the cache and finds the number of repetitions.
        long repetitions = repeat(task.once(), SECONDS_PER_MEASUREMENT);
        long start = System.nanoTime();
        for (long i = 0; i < repetitions; i++) {
            task.once().run();
        }
        double seconds = (System.nanoTime() - start) / 1e9 / repetitions;
        task.cleanup().run();
        return seconds;
    }

    /** Runs a task repeatedly for a time and returns the number of repetitions. */
    private static long repeat(Runnable once, double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        long repetitions = 0;
        while (System.nanoTime() < end) {
            once.run();
            repetitions++;
        }
        return repetitions;
    }
}
