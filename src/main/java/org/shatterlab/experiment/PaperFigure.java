package org.shatterlab.experiment;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.shatterlab.lab.statistic.Statistic;

/** The figures of the paper that can be drawn from an experiment which measures the right statistic. */
public enum PaperFigure {
    FIGURE_1("figure-1", Statistic.GRADIENT),
    FIGURE_2("figure-2", Statistic.AUTOCORRELATION);

    private final String apiName;
    private final Statistic needed;

    PaperFigure(String apiName, Statistic needed) {
        this.apiName = apiName;
        this.needed = needed;
    }

    public String apiName() {
        return apiName;
    }

    /** The statistic without which the figure cannot be drawn. */
    public Statistic needed() {
        return needed;
    }

    /** The figures that an experiment with these statistics has. */
    public static List<PaperFigure> drawableFrom(Set<Statistic> statistics) {
        return Arrays.stream(values())
                .filter(figure -> statistics.contains(figure.needed))
                .toList();
    }
}
