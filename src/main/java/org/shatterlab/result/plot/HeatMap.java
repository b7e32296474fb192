package org.shatterlab.result.plot;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Matrices as images. */
final class HeatMap {

    /** The value at the top of the colour scale of an outer product. For normal z, 5 % of the entries exceed it. */
    static final double TOP = 2;

    /** More cells than this along a side would be seen by no one and would swell the SVG. */
    private static final int MAX_CELLS = 256;

    private HeatMap() {}

    /**
     * The outer product {@code |(g - m)(g - m)^T| / var(g)} of a gradient, first input at the bottom left. It is the outer
     * product of |z| with itself, z = (g - m) / sd(g), so that averaging |z| over blocks of inputs averages the matrix over
     * squares.
     *
     * @return null where the gradient is constant and has no outer product
     */
    static @Nullable BufferedImage outerProduct(double[] gradient) {
        var z = absoluteDeviations(gradient);
        if (z == null) {
            return null;
        }
        var cells = blockMeans(z, Math.min(z.length, MAX_CELLS));
        // Few cells are drawn as squares of pixels, which no viewer can blur.
        var magnification = Math.ceilDiv(MAX_CELLS, cells.length);
        var side = cells.length * magnification;
        var image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_INDEXED, Palette.viridisModel());
        var raster = image.getRaster();
        for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
                var value = cells[(side - 1 - row) / magnification] * cells[column / magnification];
                raster.setSample(column, row, 0, (int) Math.round(255 * Math.min(value / TOP, 1)));
            }
        }
        return image;
    }

    /**
     * A matrix, its first column at the left and its first row at the bottom. Blocks of entries are averaged where there
     * are more than a viewer sees; one that is nowhere defined is grey.
     *
     * @param values row-major; NaN where there is none
     * @param columns how many it has
     * @param low the value at the bottom of the colour scale
     * @param high the value at its top
     */
    static BufferedImage of(double[] values, int columns, double low, double high) {
        var down = Cells.of(values.length / columns);
        var across = Cells.of(columns);
        var image = new BufferedImage(across.pixels(), down.pixels(), BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < down.count(); row++) {
            for (int column = 0; column < across.count(); column++) {
                var mean = blockMean(values, columns, down, row, across, column);
                var colour = Double.isNaN(mean) ? Palette.GRID : Palette.viridis((mean - low) / (high - low));
                var top = down.pixels() - (row + 1) * down.magnification();
                fill(image, column * across.magnification(), across.magnification(), top, down.magnification(), colour);
            }
        }
        return image;
    }

    /** How the entries along one side are drawn: as so many cells, each magnified to so many pixels. */
    private record Cells(int entries, int count, int magnification) {

        static Cells of(int entries) {
            var count = Math.min(entries, MAX_CELLS);
            return new Cells(entries, count, Math.ceilDiv(MAX_CELLS, count));
        }

        int pixels() {
            return count * magnification;
        }

        /** The first entry of a cell. */
        int start(int cell) {
            return cell * entries / count;
        }
    }

    private static double blockMean(double[] values, int columns, Cells down, int row, Cells across, int column) {
        return IntStream.range(down.start(row), down.start(row + 1))
                .mapToObj(i -> Arrays.stream(
                        values, i * columns + across.start(column), i * columns + across.start(column + 1)))
                .flatMapToDouble(Function.identity())
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(Double.NaN);
    }

    private static void fill(BufferedImage image, int left, int width, int top, int height, Color colour) {
        for (int y = top; y < top + height; y++) {
            for (int x = left; x < left + width; x++) {
                image.setRGB(x, y, colour.getRGB());
            }
        }
    }

    /** The colour scale, from its bottom at the left to its top at the right. */
    static BufferedImage scale() {
        var image = new BufferedImage(256, 1, BufferedImage.TYPE_BYTE_INDEXED, Palette.viridisModel());
        for (int column = 0; column < 256; column++) {
            image.getRaster().setSample(column, 0, 0, column);
        }
        return image;
    }

    private static double @Nullable [] absoluteDeviations(double[] gradient) {
        // Scaled first: squares of gradients of a deep net without normalisation may overflow.
        var largest = Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
        if (largest == 0) {
            return null;
        }
        var scaled = Arrays.stream(gradient).map(g -> g / largest).toArray();
        var mean = Arrays.stream(scaled).average().orElseThrow();
        var deviation = Math.sqrt(Arrays.stream(scaled)
                .map(g -> (g - mean) * (g - mean))
                .average()
                .orElseThrow());
        // Below that, the outer product would show the rounding of float32.
        return deviation < 1e-6
                ? null
                : Arrays.stream(scaled).map(g -> Math.abs(g - mean) / deviation).toArray();
    }

    private static double[] blockMeans(double[] values, int blocks) {
        var means = new double[blocks];
        for (int block = 0; block < blocks; block++) {
            var from = (int) ((long) block * values.length / blocks);
            var to = (int) ((block + 1L) * values.length / blocks);
            means[block] = Arrays.stream(values, from, to).average().orElseThrow();
        }
        return means;
    }
}
