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
 * The hardware's limit for some cells: the time of their matrix products alone, on all threads, and of one draw of each
 * weight by the faster of the engine's generator and ours. Both are measured here and now, and the products at their best:
 * their operands lie in the cache, and nothing is done with what they come to.
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

    /** (rows x inner) (inner x columns), in float32. */
    record Product(long rows, long inner, long columns) {

        double operations() {
            return 2.0 * rows * inner * columns;
        }
    }

    /**
     * What has to be done, whatever the program.
     *
     * @param products how many of each
     * @param draws how many sets of so many normal values
     */
    record Work(Map<Product, Double> products, Map<Integer, Double> draws) {

        double operations() {
            return products.entrySet().stream()
                    .mapToDouble(entry -> entry.getKey().operations() * entry.getValue())
                    .sum();
        }
    }

    /** The work of some cells. */
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
     * Hidden states and tangents up to the deepest network where the statistics need tangents; adjoints down from each
     * depth, and the hidden states, where they need input gradients.
     */
    private static void add(
            CellSpec cell, NetworkSpec.Rectifier network, Map<Product, Double> products, Map<Integer, Double> draws) {
        if (network.skipConnection().dependsOnDepth()) {
            throw new IllegalArgumentException("its layers are not shared between depths");
        }
        int width = network.width();
        int inner = network.activation().outputsPerUnit() * width;
        double deepest = cell.depths().getLast();
        boolean back = Statistic.anyFrom(Source.INPUT_GRADIENTS, cell.statistics());
        boolean tangents =
                cell.statistics().stream().anyMatch(statistic -> statistic.source() != Source.INPUT_GRADIENTS);
        double layers = deepest
                + (tangents ? deepest : 0)
                + (back ? cell.depths().stream().mapToDouble(depth -> depth).sum() : 0);
        products.merge(new Product(cell.inputs().points(), inner, width), layers * cell.runs(), Double::sum);
        draws.merge(inner * width, deepest * cell.runs(), Double::sum);
    }

    /** Of an image, the patches by the kernels: hidden states up to the deepest network, and back from each depth. */
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

    /** The least time that the work takes on all threads. */
    double seconds(Work work) throws InterruptedException, ExecutionException {
        return productSeconds(work) + drawSeconds(work);
    }

    /** The part of it that the products take. */
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

    /** Of one thread, while all multiply. */
    private double seconds(Product product) throws InterruptedException, ExecutionException {
        Double known = productSeconds.get(product);
        if (known == null) {
            known = best(() -> {
                NDManager manager = NDManager.newBaseManager();
                NDArray a = manager.randomNormal(new Shape(product.rows(), product.inner()));
                NDArray b = manager.randomNormal(new Shape(product.inner(), product.columns()));
                return new Repeated(() -> a.matMul(b).close(), manager::close);
            });
            productSeconds.put(product, known);
        }
        return known;
    }

    private double drawSeconds(int values) throws InterruptedException, ExecutionException {
        Double known = drawSeconds.get(values);
        if (known == null) {
            known = Math.min(
                    best(() -> {
                        NDManager manager = NDManager.newBaseManager();
                        return new Repeated(
                                () -> manager.randomNormal(0, 1, new Shape(values), DataType.FLOAT32)
                                        .close(),
                                manager::close);
                    }),
                    best(() -> {
                        float[] drawn = new float[values];
                        ContinuousSampler normals = Normals.named("roofline");
                        return new Repeated(
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

    /** Something that is done over and over on one thread, and what ends it. */
    private record Repeated(Runnable once, Runnable end) {}

    /** The time that one repetition takes while all threads do the same: the best of some attempts. */
    private double best(Callable<Repeated> start) throws InterruptedException, ExecutionException {
        double best = Double.POSITIVE_INFINITY;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
                List<Future<Double>> times = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    times.add(pool.submit(() -> {
                        // Otherwise each thread multiplies on all cores, and waits for the others of them.
                        Lab.computeAlone();
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

    private static double time(Repeated repeated) {
        // Compiled, and in the cache.
        long repetitions = repeat(repeated.once(), SECONDS_PER_MEASUREMENT);
        long start = System.nanoTime();
        for (long i = 0; i < repetitions; i++) {
            repeated.once().run();
        }
        double seconds = (System.nanoTime() - start) / 1e9 / repetitions;
        repeated.end().run();
        return seconds;
    }

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
