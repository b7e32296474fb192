package org.shatterlab.result.figure;

import java.awt.Color;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** One colour per label, the same in all panels: shallow is dark and deep is light, noise has colours of its own. */
final class CurveColours {

    private static final Map<String, Color> NOISE =
            Map.of("white noise", Palette.WHITE_NOISE, "brown noise", Palette.BROWN_NOISE);

    /** Beyond it viridis is a yellow that white paper swallows. */
    private static final double LIGHTEST = 0.84;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private CurveColours() {}

    /** The colours in the order of the legend: depths from shallow to deep, other labels, noise. */
    static Map<String, Color> of(Figure2 figure) {
        var labels = figure.panels().stream()
                .flatMap(panel -> panel.curves().stream())
                .map(Figure2.Curve::label)
                .distinct()
                .toList();
        var depths = labels.stream()
                .filter(label -> !isNoise(label))
                .sorted(Comparator.comparingLong(CurveColours::number))
                .toList();
        var colours = new LinkedHashMap<String, Color>();
        for (int i = 0; i < depths.size(); i++) {
            colours.put(depths.get(i), Palette.viridis(LIGHTEST * i / Math.max(1, depths.size() - 1)));
        }
        List<String> noise = labels.stream().filter(CurveColours::isNoise).toList();
        noise.forEach(label -> colours.put(label, NOISE.getOrDefault(normalised(label), Palette.INK)));
        return colours;
    }

    private static boolean isNoise(String label) {
        return NOISE.containsKey(normalised(label));
    }

    private static String normalised(String label) {
        return label.toLowerCase(Locale.ROOT).strip();
    }

    private static long number(String label) {
        var number = NUMBER.matcher(label);
        return number.find() ? Long.parseLong(number.group()) : Long.MAX_VALUE;
    }
}
