package org.shatterlab.lab.theory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.SpectralExponent;
import org.shatterlab.lab.statistic.Statistic;

/** Predicts measured gradients from the paper, from the paper's assumption and from the limit of infinite width. */
public final class Theory {

    private static final String NO_SPECTRUM = "No closed form is known for the spectrum of a network's gradients.";
    private static final String NOT_A_NETWORK = "Noise is a reference beside the networks, not a network.";

    private static final GradientPredictions NO_CONVOLUTIONAL_PREDICTION = GradientPredictions.of(
            GradientMoments.none("The paper's theorems are about fully connected networks."),
            GradientMoments.none("The assumption is worked out for fully connected networks."),
            GradientMoments.none("The limit of infinite width is worked out for fully connected networks."));

    /** The statistics that {@link #rows} predicts. */
    public static final Set<Statistic> PREDICTED = Collections.unmodifiableSet(EnumSet.of(
            Statistic.GRADIENT_VARIANCE,
            Statistic.GRADIENT_CORRELATION,
            Statistic.ACTIVATION_RATE,
            Statistic.COACTIVATION_RATE,
            Statistic.SPECTRAL_EXPONENT));

    private Theory() {}

    /**
     * Predicts the rows of the given statistics. Statistics that are not {@link #PREDICTED} are left out.
     *
     * <p>The prediction for infinite width may take one core about half a minute.
     *
     * @param datasets the folder of the images, if the inputs are images
     * @param depths numbers of rectifier layers, each at least 1; ignored for noise, which has no depth
     */
    public static List<PredictedRow> rows(
            NetworkSpec network,
            InputSpec inputs,
            DatasetFolder datasets,
            Collection<Integer> depths,
            Set<Statistic> statistics) {
        return rows(network, inputs, datasets, depths, statistics, InfiniteWidth.MAX_ENTRIES);
    }

    /**
     * Predicts the rows like {@link #rows}, within about two seconds. A prediction that needs more time is a
     * {@link Prediction.None} with this reason.
     */
    public static List<PredictedRow> quickRows(
            NetworkSpec network,
            InputSpec inputs,
            DatasetFolder datasets,
            Collection<Integer> depths,
            Set<Statistic> statistics) {
        return rows(network, inputs, datasets, depths, statistics, InfiniteWidth.QUICK_ENTRIES);
    }

    private static List<PredictedRow> rows(
            NetworkSpec network,
            InputSpec inputs,
            DatasetFolder datasets,
            Collection<Integer> depths,
            Set<Statistic> statistics,
            long entries) {
        List<PredictedRow> rows = new ArrayList<>();
        switch (network) {
            case NetworkSpec.Convolutional _ -> depths.forEach(depth -> add(rows, depth, NO_CONVOLUTIONAL_PREDICTION));
            case NetworkSpec.Noise noise -> {
                add(rows, null, noise(noise, inputs.points()));
                rows.add(new PredictedRow(
                        Statistic.SPECTRAL_EXPONENT, null, null, spectralExponent(noise, inputs.points())));
            }
            case NetworkSpec.Rectifier rectifier -> {
                if (!statistics.equals(Set.of(Statistic.SPECTRAL_EXPONENT))) {
                    addNetworkRows(rows, rectifier, inputs, datasets, depths, statistics, entries);
                }
                depths.forEach(depth -> rows.add(
                        new PredictedRow(Statistic.SPECTRAL_EXPONENT, depth, null, Predictions.none(NO_SPECTRUM))));
            }
        }
        rows.removeIf(row -> !statistics.contains(row.statistic()));
        return rows;
    }

    private static void addNetworkRows(
            List<PredictedRow> rows,
            NetworkSpec.Rectifier network,
            InputSpec inputs,
            DatasetFolder datasets,
            Collection<Integer> depths,
            Set<Statistic> statistics,
            long entries) {
        boolean activity = statistics.stream().anyMatch(Statistic::isPerLayer);
        boolean silent = activity && ActivityPredictions.isSilent(network, inputs);
        InfiniteWidth.predict(network, inputs, datasets, depths, entries).forEach((depth, limit) -> {
            add(rows, depth, gradients(network, depth, limit));
            for (int layer = 1; activity && layer <= depth; layer++) {
                ActivityPredictions predictions = ActivityPredictions.of(network, limit, silent, layer);
                rows.add(new PredictedRow(Statistic.ACTIVATION_RATE, depth, layer, predictions.activation()));
                rows.add(new PredictedRow(Statistic.COACTIVATION_RATE, depth, layer, predictions.coactivation()));
            }
        });
    }

    private static void add(List<PredictedRow> rows, @Nullable Integer depth, GradientPredictions predictions) {
        rows.add(new PredictedRow(Statistic.GRADIENT_VARIANCE, depth, null, predictions.variance()));
        rows.add(new PredictedRow(Statistic.GRADIENT_CORRELATION, depth, null, predictions.correlation()));
    }

    /**
     * Returns the reason why a statistic is not {@link #PREDICTED}.
     *
     * @throws IllegalArgumentException if the statistic is predicted or has no rows
     */
    public static String reasonNotPredicted(Statistic statistic) {
        return switch (statistic) {
            case AUTOCORRELATION -> "No closed form is known for the autocorrelation, a mean over runs of a ratio.";
            case EFFECTIVE_RANK -> "No closed form is known for the effective rank of a network's gradients.";
            case RELATIVE_EFFECTIVE_RANK ->
                "No closed form is known for the effective rank of a network's gradients; 1 is that of white noise.";
            case ACTIVATION_HISTOGRAM -> "No closed form is known for how the units spread over their mean activation.";
            case CONTIGUITY_HISTOGRAM -> "No closed form is known for the lengths of runs of equal activity.";
            case GRADIENT_VARIANCE,
                    GRADIENT_CORRELATION,
                    GRADIENT,
                    OUTER_PRODUCT,
                    COVARIANCE,
                    CORRELATION,
                    ACTIVATION_RATE,
                    COACTIVATION_RATE,
                    ACTIVITY_RASTER,
                    SPECTRAL_EXPONENT ->
                throw new IllegalArgumentException(statistic + " is predicted or has no rows.");
        };
    }

    /**
     * Predicts the gradients of a network.
     *
     * @param datasets the folder of the images, if the inputs are images
     * @param depths numbers of rectifier layers, each at least 1
     * @return the predictions by depth
     */
    static SortedMap<Integer, GradientPredictions> predict(
            NetworkSpec.Rectifier network, InputSpec inputs, DatasetFolder datasets, Collection<Integer> depths) {
        var predictions = new TreeMap<Integer, GradientPredictions>();
        InfiniteWidth.predict(network, inputs, datasets, depths, InfiniteWidth.MAX_ENTRIES)
                .forEach((depth, limit) -> predictions.put(depth, gradients(network, depth, limit)));
        return predictions;
    }

    private static GradientPredictions gradients(NetworkSpec.Rectifier network, int depth, InfiniteWidth.Limit limit) {
        return GradientPredictions.of(
                PaperTheorems.predict(network, depth), HalfActive.predict(network, depth), limit.moments());
    }

    /**
     * Returns the exact moments of noise as the {@code derived} prediction.
     *
     * <p>White noise has C(i,i) = 1 and C(i,j) = 0. Brown noise at point i is the sum of the first i values of white
     * noise, so C(i,j) = min(i,j). From sum_{i,j} min(i,j) = M (M+1) (2M+1) / 6 follow the variance (M+1)/2 and the
     * pooled correlation 2/3 for every M.
     *
     * @param points M, the number of points, at least 2
     */
    public static GradientPredictions noise(NetworkSpec.Noise noise, int points) {
        GradientMoments exact = switch (noise.color()) {
            case WHITE -> GradientMoments.of(1, 0);
            case BROWN -> GradientMoments.of((points + 1) / 2.0, 2.0 / 3);
        };
        return GradientPredictions.of(GradientMoments.none(NOT_A_NETWORK), exact, GradientMoments.none(NOT_A_NETWORK));
    }

    /**
     * Returns the exact mean of the spectral exponent of noise as the {@code derived} prediction.
     *
     * <p>The power of white noise has the same distribution at every frequency k. The mean of its logarithm is
     * therefore flat, and the exponent is 0.
     *
     * <p>Brown noise is the cumulative sum of white noise with the Fourier transform Z. Its power at the frequency k is
     * |Z_0 - Z_k|^2 / (4 sin^2(pi k/M)). The numerator has the same distribution at every k. The exponent is therefore
     * the slope of the logarithm of 1 / (4 sin^2(pi k/M)).
     *
     * @param points M, the number of points
     */
    static Predictions spectralExponent(NetworkSpec.Noise noise, int points) {
        double[] logPower = new double[SpectralExponent.frequencies(points)];
        if (noise.color() == NetworkSpec.Color.BROWN) {
            Arrays.setAll(logPower, i -> -2 * Math.log(Math.sin(Math.PI * (i + 1) / points)));
        }
        Prediction none = new Prediction.None(NOT_A_NETWORK);
        return new Predictions(none, new Prediction.Value(SpectralExponent.slope(logPower)), none);
    }
}
