package org.shatterlab.lab.theory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.Statistic;

/** What the paper, its assumption and the limit of infinite width say about the gradients that are measured. */
public final class Theory {

    private static final String NOT_A_NETWORK = "Noise is a reference beside the networks, not a network.";

    /** The statistics that {@link #rows} predicts. */
    public static final Set<Statistic> PREDICTED =
            Collections.unmodifiableSet(EnumSet.of(Statistic.GRADIENT_VARIANCE, Statistic.GRADIENT_CORRELATION));

    private Theory() {}

    /**
     * Predicts the rows of some statistics, those of them that are {@link #PREDICTED}.
     *
     * @param depths numbers of rectifier layers, each at least 1; ignored for noise, which has none
     */
    public static List<PredictedRow> rows(
            NetworkSpec network, InputSpec inputs, Collection<Integer> depths, Set<Statistic> statistics) {
        return rows(network, inputs, depths, statistics, InfiniteWidth.MAX_ENTRIES);
    }

    /** The same within about two seconds: where that is not enough, the note says so. */
    public static List<PredictedRow> quickRows(
            NetworkSpec network, InputSpec inputs, Collection<Integer> depths, Set<Statistic> statistics) {
        return rows(network, inputs, depths, statistics, InfiniteWidth.QUICK_ENTRIES);
    }

    private static List<PredictedRow> rows(
            NetworkSpec network,
            InputSpec inputs,
            Collection<Integer> depths,
            Set<Statistic> statistics,
            long entries) {
        List<PredictedRow> rows = new ArrayList<>();
        switch (network) {
            case NetworkSpec.Noise noise -> add(rows, null, noise(noise, inputs.points()));
            case NetworkSpec.Rectifier rectifier ->
                predict(rectifier, inputs, depths, entries)
                        .forEach((depth, predictions) -> add(rows, depth, predictions));
        }
        rows.removeIf(row -> !statistics.contains(row.statistic()));
        return rows;
    }

    private static void add(List<PredictedRow> rows, @Nullable Integer depth, GradientPredictions predictions) {
        rows.add(new PredictedRow(Statistic.GRADIENT_VARIANCE, depth, null, predictions.variance()));
        rows.add(new PredictedRow(Statistic.GRADIENT_CORRELATION, depth, null, predictions.correlation()));
    }

    /** Why a statistic is not {@link #PREDICTED}. */
    public static String whyNot(Statistic statistic) {
        return switch (statistic) {
            case AUTOCORRELATION -> "No closed form is known for the autocorrelation, a mean over runs of a ratio.";
            case GRADIENT_VARIANCE, GRADIENT_CORRELATION, GRADIENT, OUTER_PRODUCT, COVARIANCE, CORRELATION ->
                throw new IllegalArgumentException(statistic + " is predicted, or has no rows");
        };
    }

    /**
     * Predicts the gradients of a network, at the cost of about 0.1 s for 256 points and 50 layers.
     *
     * @param depths numbers of rectifier layers, each at least 1
     * @return the predictions by depth
     */
    public static SortedMap<Integer, GradientPredictions> predict(
            NetworkSpec.Rectifier network, InputSpec inputs, Collection<Integer> depths) {
        return predict(network, inputs, depths, InfiniteWidth.MAX_ENTRIES);
    }

    private static SortedMap<Integer, GradientPredictions> predict(
            NetworkSpec.Rectifier network, InputSpec inputs, Collection<Integer> depths, long entries) {
        var predictions = new TreeMap<Integer, GradientPredictions>();
        InfiniteWidth.predict(network, inputs, depths, entries)
                .forEach((depth, infiniteWidth) -> predictions.put(
                        depth,
                        GradientPredictions.of(
                                PaperTheorems.predict(network, depth),
                                HalfActive.predict(network, depth),
                                infiniteWidth)));
        return predictions;
    }

    /**
     * The exact moments of noise, as the {@code derived} prediction. White noise has C = 1; brown noise, the sum of its
     * first i values, has C(i,j) = min(i,j): variance (M+1)/2 and a pooled correlation of 2/3 whatever M, since
     * sum_{i,j} min(i,j) = M (M+1) (2M+1) / 6.
     *
     * @param points M, at least 2
     */
    public static GradientPredictions noise(NetworkSpec.Noise noise, int points) {
        Moments exact = switch (noise.color()) {
            case WHITE -> Moments.of(1, 0);
            case BROWN -> Moments.of((points + 1) / 2.0, 2.0 / 3);
        };
        return GradientPredictions.of(Moments.none(NOT_A_NETWORK), exact, Moments.none(NOT_A_NETWORK));
    }
}
