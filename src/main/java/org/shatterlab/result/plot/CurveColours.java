package org.shatterlab.result.plot;

import java.awt.Color;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One colour per label, the same in all panels: shallow is dark and deep is light; noise, and a measurement beside its
 * predictions, have colours of their own.
 */
final class CurveColours {

    private static final Map<String, Color> OWN = Map.of(
            "white noise",
            Palette.WHITE_NOISE,
            "brown noise",
            Palette.BROWN_NOISE,
            CurveFigure.MEASURED,
            Palette.CURVE,
            CurveFigure.PAPER,
            Palette.PAPER,
            CurveFigure.DERIVED,
            Palette.DERIVED,
            CurveFigure.INFINITE_WIDTH,
            Palette.INK);

    /** Beyond it viridis is a yellow that white paper swallows. */
    private static final double LIGHTEST = 0.84;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private CurveColours() {}

    /** The colours in the order of the legend: depths from shallow to deep, other labels, those with a colour of their own. */
    static Map<String, Color> of(CurveFigure figure) {
        var labels = figure.panels().stream()
                .flatMap(panel -> panel.curves().stream())
                .map(CurveFigure.Curve::label)
                .distinct()
                .toList();
        var depths = labels.stream()
                .filter(label -> !hasOwn(label))
                .sorted(Comparator.comparingLong(CurveColours::number))
                .toList();
        var colours = new LinkedHashMap<String, Color>();
        for (int i = 0; i < depths.size(); i++) {
            colours.put(depths.get(i), Palette.viridis(LIGHTEST * i / Math.max(1, depths.size() - 1)));
        }
        List<String> own = labels.stream().filter(CurveColours::hasOwn).toList();
        own.forEach(label -> colours.put(label, OWN.getOrDefault(normalised(label), Palette.INK)));
        return colours;
    }

    private static boolean hasOwn(String label) {
        return OWN.containsKey(normalised(label));
    }

    private static String normalised(String label) {
        return label.toLowerCase(Locale.ROOT).strip();
    }

    private static long number(String label) {
        var number = NUMBER.matcher(label);
        return number.find() ? Long.parseLong(number.group()) : Long.MAX_VALUE;
    }
}
