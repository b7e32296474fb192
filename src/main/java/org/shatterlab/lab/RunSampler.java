package org.shatterlab.lab;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.lab.gradient.AdjointPass;
import org.shatterlab.lab.gradient.TangentPass;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.RectifierLayer.Normalized;
import org.shatterlab.lab.network.RunDraws;
import org.shatterlab.lab.network.SampledNetwork;
import org.shatterlab.lab.statistic.Autocorrelation;
import org.shatterlab.lab.statistic.RunSample;
import org.shatterlab.lab.statistic.SpectralExponent;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.statistic.Statistic.Source;

/**
 * Computes samples of the statistics from runs of a network or of noise.
 *
 * <p>C(i,j) is averaged over the readout in closed form, E_v[g_i g_j] = t_i . t_j / N. This estimate has no bias, and
 * its error is an order of magnitude smaller than with one drawn readout. A gradient series needs a drawn readout, g_i
 * = v . t_i.
 */
final class RunSampler {

    private static final int[] INPUTS = {1};
    private static final int[] UNITS = {1};
    private static final int[] INPUTS_AND_UNITS = {1, 2};

    private RunSampler() {}

    /**
     * Returns the samples of each run by depth. Statistics of tangents or activity need a tangent pass. Statistics of
     * input gradients need an adjoint pass.
     *
     * @param x the inputs, shape (R, M, d), or (1, M, d) if all runs have the same inputs
     * @param runs the draws of the runs, in the order of the network's runs
     * @throws UnmeasurableException if a run has no value for a statistic
     */
    static Map<Integer, List<RunSample>> sampleNetwork(
            SampledNetwork network, NDArray x, List<RunDraws> runs, CellSpec cell) {
        Map<Integer, List<RunSample>> samples = new TreeMap<>();
        cell.depths()
                .forEach(depth -> samples.put(
                        depth, runs.stream().map(_ -> new RunSample()).toList()));
        if (Statistic.anyFrom(Source.INPUT_GRADIENTS, cell.statistics())) {
            List<RankSampler> ranks =
                    runs.stream().map(draws -> new RankSampler(draws, cell)).toList();
            AdjointPass.sweep(network, x, cell.depths(), (depth, gradients) -> {
                NDList ofRuns = gradients.split(runs.size());
                for (int run = 0; run < runs.size(); run++) {
                    ranks.get(run)
                            .addTo(at(samples, depth, run), ofRuns.get(run).squeeze(0), depth);
                }
            });
        }
        if (needsTangents(cell) || Statistic.anyFrom(Source.ACTIVITY, cell.statistics())) {
            TangentPass.sweep(network, x, cell.depths(), new SampleCollector(network, runs.size(), cell, samples));
        }
        return samples;
    }

    private static RunSample at(Map<Integer, List<RunSample>> samples, int depth, int run) {
        return Objects.requireNonNull(samples.get(depth)).get(run);
    }

    private static boolean needsTangents(CellSpec cell) {
        return Stream.of(Source.TANGENTS, Source.SERIES, Source.COVARIANCE)
                .anyMatch(source -> Statistic.anyFrom(source, cell.statistics()));
    }

    /** Collects the samples of all depths during a tangent pass. */
    private static final class SampleCollector implements TangentPass.TangentVisitor {

        private final SampledNetwork network;
        private final CellSpec cell;
        private final Map<Integer, List<RunSample>> samples;
        private final boolean needsTangents;

        /** The activity sampler of each run; empty if no statistic needs the activity. */
        private final List<ActivitySampler> activity = new ArrayList<>();

        SampleCollector(SampledNetwork network, int runs, CellSpec cell, Map<Integer, List<RunSample>> samples) {
            this.network = network;
            this.cell = cell;
            this.samples = samples;
            this.needsTangents = needsTangents(cell);
            if (Statistic.anyFrom(Source.ACTIVITY, cell.statistics())) {
                for (int run = 0; run < runs; run++) {
                    activity.add(new ActivitySampler(cell));
                }
            }
        }

        @Override
        public void layer(int layer, Normalized normalized) {
            if (!activity.isEmpty()) {
                try (NDList ofRuns = normalized.preActivations().split(activity.size())) {
                    for (int run = 0; run < activity.size(); run++) {
                        try (NDArray ofRun = ofRuns.get(run).squeeze(0)) {
                            activity.get(run).recordLayer(layer, ofRun);
                        }
                    }
                }
            }
        }

        @Override
        public void visit(int depth, NDArray t) {
            if (needsTangents) {
                addTangents(Objects.requireNonNull(samples.get(depth)), network, depth, t, cell);
            }
            for (int run = 0; run < activity.size(); run++) {
                activity.get(run).addTo(at(samples, depth, run), depth);
            }
        }
    }

    /**
     * Adds the statistics of the tangents at one depth. All sums are in float64, because squares leave the range of
     * float32 long before the tangents do.
     *
     * @param samples the sample of each run
     * @param tangents t_L, shape (R, M, N)
     * @throws UnmeasurableException if a run has no value for a statistic
     */
    private static void addTangents(
            List<RunSample> samples, SampledNetwork network, int depth, NDArray tangents, CellSpec cell) {
        try (NDManager scratch = tangents.getManager().newSubManager()) {
            NDArray t = tangents.toType(DataType.FLOAT64, true);
            t.attach(scratch);
            addCovariances(samples, t, depth, cell);
            if (Statistic.anyFrom(Source.SERIES, cell.statistics())) {
                NDArray readout = network.readout(depth);
                readout.attach(scratch);
                double[] gradients =
                        t.matMul(readout.toType(DataType.FLOAT64, false)).toDoubleArray();
                int points = cell.inputs().points();
                for (int run = 0; run < samples.size(); run++) {
                    addSeries(
                            samples.get(run),
                            cell.statistics(),
                            Arrays.copyOfRange(gradients, run * points, (run + 1) * points));
                }
            }
        }
    }

    /**
     * Returns the sample of one run at one depth, from gradients with respect to the inputs: C(i,j) = g_i . g_j / d.
     *
     * @param gradients df_i / dx_i, shape (M, d)
     * @throws UnmeasurableException if the run has no value for a statistic
     */
    static RunSample sampleInputGradients(NDArray gradients, int depth, RankSampler ranks, CellSpec cell) {
        RunSample sample = new RunSample();
        try (NDManager scratch = gradients.getManager().newSubManager()) {
            NDArray g = gradients.toType(DataType.FLOAT64, true);
            g.attach(scratch);
            addCovariances(List.of(sample), g.expandDims(0), depth, cell);
            ranks.addTo(sample, g, depth);
        }
        return sample;
    }

    /**
     * Adds the statistics of C(i,j) = t_i . t_j / K.
     *
     * @param samples the sample of each run
     * @param t the vectors t_i in float64, shape (R, M, K)
     * @throws UnmeasurableException if the sums of a run leave the floating-point range
     */
    private static void addCovariances(List<RunSample> samples, NDArray t, int depth, CellSpec cell) {
        int points = cell.inputs().points();
        double length = t.getShape().tail();
        double[] traces = t.square().sum(INPUTS_AND_UNITS).toDoubleArray();
        double[] totals = t.sum(INPUTS).square().sum(UNITS).toDoubleArray();
        boolean covariance = Statistic.anyFrom(Source.COVARIANCE, cell.statistics());
        double[] products = covariance ? t.matMul(t.swapAxes(1, 2)).divi(length).toDoubleArray() : new double[0];
        for (int run = 0; run < samples.size(); run++) {
            double trace = traces[run] / length;
            double total = totals[run] / length;
            requireFinite(trace, total, depth, cell);
            addProducts(samples.get(run), cell.statistics(), points, trace, total);
            if (covariance) {
                int size = points * points;
                samples.get(run)
                        .addMatrix(
                                Statistic.COVARIANCE,
                                points,
                                points,
                                Arrays.copyOfRange(products, run * size, (run + 1) * size));
            }
        }
    }

    /**
     * Returns the sample of one run of noise. The series of noise takes the place of the gradient, and the products of
     * the series take the place of the covariance.
     */
    static RunSample sampleNoise(NetworkSpec.Noise noise, RunDraws draws, CellSpec cell) {
        RunSample sample = new RunSample();
        int points = cell.inputs().points();
        ContinuousSampler normals = draws.normals(RunDraws.DrawPurpose.NOISE, 0);
        double[] z = new double[points];
        for (int i = 0; i < points; i++) {
            double step = normals.sample();
            z[i] = switch (noise.color()) {
                case WHITE -> step;
                case BROWN -> i == 0 ? step : z[i - 1] + step;
            };
        }
        double trace = Arrays.stream(z).map(value -> value * value).sum();
        double sum = Arrays.stream(z).sum();
        addProducts(sample, cell.statistics(), points, trace, sum * sum);
        addSeries(sample, cell.statistics(), z);
        if (Statistic.anyFrom(Source.COVARIANCE, cell.statistics())) {
            double[] covariance = new double[points * points];
            Arrays.setAll(covariance, k -> z[k / points] * z[k % points]);
            sample.addMatrix(Statistic.COVARIANCE, points, points, covariance);
        }
        return sample;
    }

    /**
     * Adds the variance and the correlation of one run, from sums over the run's covariance.
     *
     * @param trace sum_i C(i,i)
     * @param total sum_{i,j} C(i,j)
     */
    private static void addProducts(
            RunSample sample, Set<Statistic> statistics, int points, double trace, double total) {
        if (statistics.contains(Statistic.GRADIENT_VARIANCE)) {
            sample.addMean(Statistic.GRADIENT_VARIANCE, null, trace / points);
        }
        if (statistics.contains(Statistic.GRADIENT_CORRELATION)) {
            sample.addRatio(Statistic.GRADIENT_CORRELATION, (total - trace) / (points - 1), trace);
        }
    }

    /**
     * Adds the statistics of the gradient series of one run with a drawn readout.
     *
     * @param gradient g, M values
     * @throws UnmeasurableException if the series has no autocorrelation or no spectral exponent
     */
    private static void addSeries(RunSample sample, Set<Statistic> statistics, double[] gradient) {
        if (statistics.contains(Statistic.AUTOCORRELATION)) {
            double[] autocorrelation = Autocorrelation.of(gradient);
            if (Double.isNaN(autocorrelation[0])) {
                throw new UnmeasurableException(
                        "The gradient of a run is the same at every input, so its autocorrelation is 0/0. "
                                + "Ask for a wider network, or leave autocorrelation out.");
            }
            for (int lag = 0; lag < Autocorrelation.LAGS; lag++) {
                sample.addMean(Statistic.AUTOCORRELATION, lag, autocorrelation[lag]);
            }
        }
        if (statistics.contains(Statistic.SPECTRAL_EXPONENT)) {
            double exponent = SpectralExponent.of(gradient);
            if (Double.isNaN(exponent)) {
                throw new UnmeasurableException(
                        "The gradient of a run has no power at one of the frequencies to which the "
                                + "spectral exponent is fitted, so the logarithm of the power does not exist. "
                                + "Ask for a wider or deeper network, or leave spectral-exponent out.");
            }
            sample.addMean(Statistic.SPECTRAL_EXPONENT, null, exponent);
        }
        if (statistics.contains(Statistic.GRADIENT) || statistics.contains(Statistic.OUTER_PRODUCT)) {
            sample.setSeries(gradient);
        }
    }

    private static void requireFinite(double trace, double total, int depth, CellSpec cell) {
        if (Double.isFinite(trace) && Double.isFinite(total)) {
            return;
        }
        throw new UnmeasurableException("The gradients at depth " + depth + " leave the range of "
                + cell.precision().apiName() + ". "
                + switch (cell.precision()) {
                    case FLOAT32 ->
                        "Ask for \"precision\": \"float64\", for smaller depths, or for a "
                                + "normalization or a smaller alpha or beta, which keep the variance down.";
                    case FLOAT64 ->
                        "Ask for smaller depths, or for a normalization or a smaller alpha or beta, "
                                + "which keep the variance down.";
                });
    }
}
