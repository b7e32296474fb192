package org.shatterlab.experiment.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.NetworkSpec.Rectifier;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.Statistic;

/** The figures and theorems of the paper that can be drawn from an experiment which measures the right things. */
public enum PaperFigure {
    FIGURE_1("figure-1"),
    FIGURE_2("figure-2"),
    /** How active the rectifiers of each layer are. */
    FIGURE_3("figure-3"),
    /** Which inputs the rectifiers of the last layer are active on. */
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
    private static final int MAX_CONVOLUTIONAL = 4;

    private final String apiName;

    PaperFigure(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }

    /** What it shows, in its order. */
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

    /** The networks of an experiment that it shows. */
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

    /** How many columns or panels the figure of an experiment would have, and how many it may have. */
    private Optional<String> crowd(ExperimentSpec spec) {
        long panels = switch (this) {
            case FIGURE_1, FIGURE_4 ->
                networks(spec).stream()
                        .mapToLong(
                                entry -> Math.max(1, spec.effectiveDepths(entry).size()))
                        .sum();
            case FIGURE_2, FIGURE_3, FIGURE_5, THEOREM_1, THEOREM_2, THEOREM_3, COROLLARY_1 ->
                networks(spec).size();
        };
        int most = switch (this) {
            case FIGURE_1, FIGURE_2, FIGURE_4 -> MAX_PANELS;
            case FIGURE_5 -> MAX_CONVOLUTIONAL;
            case FIGURE_3, THEOREM_1, THEOREM_2, THEOREM_3, COROLLARY_1 -> MAX_COLUMNS;
        };
        return panels > most
                ? Optional.of("The figure would have " + panels + " panels; it has at most " + most + ".")
                : Optional.empty();
    }

    /** Why the figure cannot be drawn from an experiment, however long one waits; empty where it can. */
    public Optional<String> obstacle(ExperimentSpec spec) {
        List<String> missing = statistics().stream()
                .filter(statistic -> !spec.statistics().contains(statistic))
                .map(Statistic::apiName)
                .toList();
        if (!missing.isEmpty()) {
            return Optional.of("The figure shows \"" + String.join("\" and \"", missing)
                    + "\", which the experiment does not measure; submit one whose statistics name it.");
        }
        return networks(spec).isEmpty()
                ? Optional.of("The experiment has no network that the figure is about.")
                : crowd(spec);
    }

    /** The figures that can be drawn from an experiment. */
    public static List<PaperFigure> drawableFrom(ExperimentSpec spec) {
        return Arrays.stream(values())
                .filter(figure -> figure.obstacle(spec).isEmpty())
                .toList();
    }
}
