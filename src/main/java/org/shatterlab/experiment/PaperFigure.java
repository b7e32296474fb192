package org.shatterlab.experiment;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.shatterlab.lab.statistic.Statistic;

/** The figures of the paper that can be drawn from an experiment which measures the right statistic. */
public enum PaperFigure {
    FIGURE_1("figure-1", Statistic.GRADIENT),
    FIGURE_2("figure-2", Statistic.AUTOCORRELATION);

    private static final int MOST_PANELS = 64;

    private final String apiName;
    private final Statistic needed;

    PaperFigure(String apiName, Statistic needed) {
        this.apiName = apiName;
        this.needed = needed;
    }

    public String apiName() {
        return apiName;
    }

    /** How many columns or panels the figure of an experiment would have. */
    private long panels(ExperimentSpec spec) {
        return switch (this) {
            case FIGURE_1 ->
                spec.networks().stream()
                        .mapToLong(
                                entry -> Math.max(1, spec.effectiveDepths(entry).size()))
                        .sum();
            case FIGURE_2 -> spec.networks().size();
        };
    }

    /** Why the figure cannot be drawn from an experiment, however long one waits; empty where it can. */
    public Optional<String> obstacle(ExperimentSpec spec) {
        if (!spec.statistics().contains(needed)) {
            return Optional.of("The figure shows \"" + needed.apiName()
                    + "\", which the experiment does not measure; submit one whose statistics name it.");
        }
        return panels(spec) > MOST_PANELS
                ? Optional.of("The figure would have " + panels(spec) + " panels; it has at most " + MOST_PANELS + ".")
                : Optional.empty();
    }

    /** The figures that can be drawn from an experiment. */
    public static List<PaperFigure> drawableFrom(ExperimentSpec spec) {
        return Arrays.stream(values())
                .filter(figure -> figure.obstacle(spec).isEmpty())
                .toList();
    }
}
