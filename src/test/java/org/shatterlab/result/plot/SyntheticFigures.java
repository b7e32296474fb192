package org.shatterlab.result.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** Builds figures of seeded random data that resemble the lab's results. */
final class SyntheticFigures {

    static final String CAPTION = "Shatterlab: figure, width 200, 256 points, 20 runs, seed 1702";

    private SyntheticFigures() {}

    /** Returns the five columns of the paper, on a grid of the given number of points. */
    static Figure1 figure1(int points) {
        return new Figure1(
                CAPTION,
                List.of(
                        column("1-layer feedforward", steps(points)),
                        column("24-layer feedforward", whiteNoise(points, 24, 0.8)),
                        column("50-layer resnet", scaled(brownNoise(points, 50), 2e6)),
                        column("Brown noise", brownNoise(points, 1)),
                        column("White noise", whiteNoise(points, 2, 1))));
    }

    /** Returns a figure of three networks at five depths, and of noise. */
    static CurveFigure figure2() {
        return CurveFigure.of(
                CAPTION,
                List.of(
                        panel("Feedforward", depth -> 1 / depth),
                        panel("Resnet, batch norm, β = 1", depth -> 1 / Math.sqrt(depth)),
                        panel("Resnet, batch norm, β = 0.1", depth -> 8 / Math.sqrt(depth)),
                        panel("Noise", List.of(curve("white noise", 0.1), curve("brown noise", 30)))));
    }

    static Figure1.Column column(String title, double[] gradient) {
        int points = gradient.length;
        double[] x = IntStream.range(0, points)
                .mapToDouble(i -> -2 + 4.0 * i / (points - 1))
                .toArray();
        return new Figure1.Column(title, x, gradient);
    }

    static double[] whiteNoise(int points, long seed, double deviation) {
        var random = new Random(seed);
        return IntStream.range(0, points)
                .mapToDouble(i -> deviation * random.nextGaussian())
                .toArray();
    }

    static double[] brownNoise(int points, long seed) {
        double[] steps = whiteNoise(points, seed, 1);
        for (int i = 1; i < points; i++) {
            steps[i] += steps[i - 1];
        }
        return steps;
    }

    /** Returns the gradient of one rectifier layer, which is piecewise constant. */
    private static double[] steps(int points) {
        var random = new Random(7);
        var gradient = new double[points];
        for (int unit = 0; unit < 60; unit++) {
            var kink = (int) (points * (0.5 + 0.3 * random.nextGaussian()));
            double height = random.nextGaussian() / 8;
            for (int i = Math.max(0, kink); i < points; i++) {
                gradient[i] += height;
            }
        }
        return gradient;
    }

    private static double[] scaled(double[] values, double factor) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> factor * values[i])
                .toArray();
    }

    private static CurveFigure.Panel panel(String title, DoubleUnaryOperator lengthByDepth) {
        var curves = new ArrayList<CurveFigure.Curve>();
        for (int depth : new int[] {2, 4, 10, 24, 50}) {
            curves.add(curve("depth " + depth, 10 * lengthByDepth.applyAsDouble(depth)));
        }
        return panel(title, curves);
    }

    static CurveFigure.Panel panel(String title, List<CurveFigure.Curve> curves) {
        return new CurveFigure.Panel(
                title,
                CurveFigure.Axis.linear("lag (grid steps)", 0, 1),
                CurveFigure.Axis.linear("autocorrelation (dimensionless)", -0.2, 1),
                curves);
    }

    static CurveFigure.Curve curve(String label, double[] values, double[] errors) {
        return new CurveFigure.Curve(
                label, true, IntStream.range(0, values.length).asDoubleStream().toArray(), values, errors);
    }

    static CurveFigure.Curve curve(String label, double length) {
        double[] values = IntStream.range(0, 16)
                .mapToDouble(lag -> lag == 0 ? 1 : Math.exp(-lag / length) - 0.02)
                .toArray();
        double[] errors = IntStream.range(0, 16)
                .mapToDouble(lag -> 0.03 * Math.sqrt(lag / 15.0))
                .toArray();
        return curve(label, values, errors);
    }
}
