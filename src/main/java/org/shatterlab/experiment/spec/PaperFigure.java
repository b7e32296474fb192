package org.shatterlab.experiment.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.NetworkSpec.Rectifier;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.Autocorrelation;
import org.shatterlab.lab.statistic.Statistic;

/**
 * A figure or theorem of the paper that the service can draw from an experiment with suitable statistics and networks.
 */
public enum PaperFigure {
    /** The gradients of single runs. */
    FIGURE_1("figure-1"),
    /** The autocorrelation of gradients. */
    FIGURE_2("figure-2"),
    /** The activation and coactivation rates of the rectifiers of each layer. */
    FIGURE_3("figure-3"),
    /** The inputs at which each rectifier of the last layer is active. */
    FIGURE_4("figure-4"),
    /** The gradients of convolutional networks at images. */
    FIGURE_5("figure-5"),
    /** Feedforward networks. */
    THEOREM_1("theorem-1"),
    /** Resnets without batch normalisation. */
    THEOREM_2("theorem-2"),
    /** Resnets with batch normalisation. */
    THEOREM_3("theorem-3"),
    /** Highways. */
    COROLLARY_1("corollary-1");

    private static final int MAX_PANELS = 64;
    private static final int MAX_COLUMNS = 5;
    private static final int MAX_CONVOLUTIONAL_NETWORKS = 4;
    private static final int MAX_CURVE_POINTS = 1 << 14;
    private static final int MAX_SERIES_POINTS = 1 << 18;
    private static final int MAX_COVARIANCE_ENTRIES = 1 << 21;
    private static final int MAX_RASTER_ENTRIES = 1 << 24;

    private final String apiName;

    PaperFigure(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }

    /** Returns the statistics that the figure shows, in the order of the figure. */
    public List<Statistic> statistics() {
        return switch (this) {
            case FIGURE_1 -> List.of(Statistic.GRADIENT);
            case FIGURE_2 -> List.of(Statistic.AUTOCORRELATION);
            case FIGURE_3 -> List.of(Statistic.ACTIVATION_RATE, Statistic.COACTIVATION_RATE);
            case FIGURE_4 ->
                List.of(Statistic.ACTIVITY_RASTER, Statistic.ACTIVATION_HISTOGRAM, Statistic.CONTIGUITY_HISTOGRAM);
            case FIGURE_5 -> List.of(Statistic.COVARIANCE, Statistic.RELATIVE_EFFECTIVE_RANK);
            case THEOREM_1, THEOREM_2, THEOREM_3, COROLLARY_1 ->
                List.of(Statistic.GRADIENT_VARIANCE, Statistic.GRADIENT_CORRELATION);
        };
    }

    /** Returns the networks of an experiment that the figure shows. */
    public List<NetworkEntry> networks(ExperimentSpec spec) {
        return spec.networks().stream().filter(entry -> shows(entry.network())).toList();
    }

    private boolean shows(NetworkSpec network) {
        return switch (this) {
            case FIGURE_1, FIGURE_2 -> true;
            case FIGURE_3, FIGURE_4 -> network instanceof Rectifier;
            case FIGURE_5 -> network instanceof NetworkSpec.Convolutional;
            case THEOREM_1 ->
                network instanceof Rectifier r && r.skipConnection() instanceof SkipConnection.Feedforward;
            case THEOREM_2 -> isResnet(network, false);
            case THEOREM_3 -> isResnet(network, true);
            case COROLLARY_1 ->
                network instanceof Rectifier r
                        && (r.skipConnection() instanceof SkipConnection.Highway
                                || r.skipConnection() instanceof SkipConnection.ScaledHighway);
        };
    }

    private static boolean isResnet(NetworkSpec network, boolean batchNorm) {
        return network instanceof Rectifier r
                && r.skipConnection() instanceof SkipConnection.Resnet
                && batchNorm == (r.normalization() == Normalization.BATCH_NORM);
    }

    /**
     * Returns an error message if the figure of an experiment would have too many panels or columns; empty otherwise.
     */
    private Optional<String> tooManyPanels(ExperimentSpec spec) {
        long panels = switch (this) {
            case FIGURE_1, FIGURE_4 ->
                networks(spec).stream()
                        .mapToLong(
                                entry -> Math.max(1, spec.effectiveDepths(entry).size()))
                        .sum();
            case FIGURE_2, FIGURE_3, FIGURE_5, THEOREM_1, THEOREM_2, THEOREM_3, COROLLARY_1 ->
                networks(spec).size();
        };
        int maxPanels = switch (this) {
            case FIGURE_1, FIGURE_2, FIGURE_4 -> MAX_PANELS;
            case FIGURE_5 -> MAX_CONVOLUTIONAL_NETWORKS;
            case FIGURE_3, THEOREM_1, THEOREM_2, THEOREM_3, COROLLARY_1 -> MAX_COLUMNS;
        };
        return panels > maxPanels
                ? Optional.of("The figure would have " + panels + " panels, but at most " + maxPanels + " are allowed.")
                : Optional.empty();
    }

    /**
     * Returns the number of measured values that the figure of an experiment shows. The memory and the time of a drawing
     * grow with this number.
     */
    public long values(ExperimentSpec spec) {
        long points = spec.inputs().points();
        return networks(spec).stream()
                .mapToLong(entry -> {
                    long depths = Math.max(1, spec.effectiveDepths(entry).size());
                    return switch (this) {
                        case FIGURE_1 -> depths * points;
                        case FIGURE_2 -> depths * Autocorrelation.LAGS;
                        case FIGURE_3 -> 2L * spec.effectiveDepths(entry).getLast();
                        case FIGURE_4 ->
                            entry.network() instanceof Rectifier rectifier ? depths * rectifier.width() * points : 0;
                        case FIGURE_5 -> Math.min(2, depths) * points * points;
                        case THEOREM_1, THEOREM_2, THEOREM_3, COROLLARY_1 -> 2 * depths;
                    };
                })
                .sum();
    }

    /** Returns the largest number of {@linkplain #values values} of the figure. */
    public int maxValues() {
        return switch (this) {
            case FIGURE_1 -> MAX_SERIES_POINTS;
            case FIGURE_4 -> MAX_RASTER_ENTRIES;
            case FIGURE_5 -> MAX_COVARIANCE_ENTRIES;
            case FIGURE_2, FIGURE_3, THEOREM_1, THEOREM_2, THEOREM_3, COROLLARY_1 -> MAX_CURVE_POINTS;
        };
    }

    /** Returns an error message if the figure of an experiment would show too many values; empty otherwise. */
    private Optional<String> tooManyValues(ExperimentSpec spec) {
        long values = values(spec);
        return values > maxValues()
                ? Optional.of("The figure would show " + values + " measured values, but at most " + maxValues()
                        + " are allowed. Submit an experiment with fewer networks, depths or points, or read the values"
                        + " as CSV or JSON.")
                : Optional.empty();
    }

    /** Returns the reason why the figure can never be drawn from an experiment; empty if the figure can be drawn. */
    public Optional<String> reasonNotDrawable(ExperimentSpec spec) {
        List<String> missing = statistics().stream()
                .filter(statistic -> !spec.statistics().contains(statistic))
                .map(Statistic::apiName)
                .toList();
        if (!missing.isEmpty()) {
            return Optional.of("The figure shows \"" + String.join("\" and \"", missing)
                    + "\", which the experiment does not measure."
                    + " Submit an experiment that measures every statistic of the figure.");
        }
        return networks(spec).isEmpty()
                ? Optional.of("The experiment has no network of the kind that the figure shows.")
                : tooManyPanels(spec).or(() -> tooManyValues(spec));
    }

    /** Returns the figures that can be drawn from an experiment. */
    public static List<PaperFigure> drawableFrom(ExperimentSpec spec) {
        return Arrays.stream(values())
                .filter(figure -> figure.reasonNotDrawable(spec).isEmpty())
                .toList();
    }
}
