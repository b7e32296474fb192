package org.shatterlab.result.plot;

import java.awt.Color;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Assigns a colour to each label of a figure, the same in all panels. Small depths are dark and large depths are light.
 * Noise, a measurement and its predictions have fixed colours.
 */
final class CurveColours {

    private static final Map<String, Color> FIXED = Map.of(
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

    /** The largest position in viridis. At larger positions viridis is a yellow that is hardly visible on white. */
    private static final double MAX_POSITION = 0.84;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private CurveColours() {}

    /**
     * Returns the colours by label, in the order of the legend. Labels with a number come first, in ascending order,
     * then other labels, then labels with a fixed colour.
     */
    static Map<String, Color> of(CurveFigure figure) {
        List<String> labels = figure.panels().stream()
                .flatMap(panel -> panel.curves().stream())
                .map(CurveFigure.Curve::label)
                .distinct()
                .toList();
        List<String> depths = labels.stream()
                .filter(label -> !isFixed(label))
                .sorted(Comparator.comparingLong(CurveColours::number))
                .toList();
        var colours = new LinkedHashMap<String, Color>();
        for (int i = 0; i < depths.size(); i++) {
            colours.put(depths.get(i), Palette.viridis(MAX_POSITION * i / Math.max(1, depths.size() - 1)));
        }
        List<String> fixed = labels.stream().filter(CurveColours::isFixed).toList();
        fixed.forEach(label -> colours.put(label, FIXED.getOrDefault(normalised(label), Palette.INK)));
        return colours;
    }

    private static boolean isFixed(String label) {
        return FIXED.containsKey(normalised(label));
    }

    private static String normalised(String label) {
        return label.toLowerCase(Locale.ROOT).strip();
    }

    private static long number(String label) {
        Matcher number = NUMBER.matcher(label);
        return number.find() ? Long.parseLong(number.group()) : Long.MAX_VALUE;
    }
}
