package org.shatterlab.result.plot;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Renders matrices as images. */
final class HeatMap {

    /** The largest value of the colour scale of an outer product. For normal z, 5 % of the entries are larger. */
    static final double TOP = 2;

    /** The largest number of cells along a side. More cells would be too small to see, and would enlarge the SVG. */
    private static final int MAX_CELLS = 256;

    private HeatMap() {}

    /**
     * Returns the image of the outer product {@code |(g - m)(g - m)^T| / var(g)} of a gradient. The first input is at
     * the bottom left. The matrix is the outer product of |z| with itself, z = (g - m) / sd(g). Averaging |z| over
     * blocks of inputs therefore averages the matrix over squares.
     *
     * @param gradient g, one value for each input
     * @return null if the gradient is constant, because var(g) is then 0
     */
    static @Nullable BufferedImage outerProduct(double[] gradient) {
        double[] z = absoluteDeviations(gradient);
        if (z == null) {
            return null;
        }
        double[] cells = blockMeans(z, Math.min(z.length, MAX_CELLS));
        // A small matrix is drawn with several pixels per cell, so that viewers do not blur the cells.
        int magnification = Math.ceilDiv(MAX_CELLS, cells.length);
        int side = cells.length * magnification;
        var image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_INDEXED, Palette.viridisModel());
        WritableRaster raster = image.getRaster();
        for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
                double value = cells[(side - 1 - row) / magnification] * cells[column / magnification];
                raster.setSample(column, row, 0, (int) Math.round(255 * Math.min(value / TOP, 1)));
            }
        }
        return image;
    }

    /**
     * Returns the image of a matrix, with the first column at the left and the first row at the bottom. A large matrix
     * is averaged over blocks of entries. A block without any finite entry is grey.
     *
     * @param values the entries, row-major; NaN where an entry is undefined
     * @param columns the number of columns
     * @param low the smallest value of the colour scale
     * @param high the largest value of the colour scale
     */
    static BufferedImage of(double[] values, int columns, double low, double high) {
        var down = Cells.of(values.length / columns);
        var across = Cells.of(columns);
        var image = new BufferedImage(across.pixels(), down.pixels(), BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < down.count(); row++) {
            for (int column = 0; column < across.count(); column++) {
                double mean = blockMean(values, columns, down, row, across, column);
                Color colour = Double.isNaN(mean) ? Palette.GRID : Palette.viridis((mean - low) / (high - low));
                int top = down.pixels() - (row + 1) * down.magnification();
                fill(image, column * across.magnification(), across.magnification(), top, down.magnification(), colour);
            }
        }
        return image;
    }

    /**
     * The cells along one side of an image.
     *
     * @param entries the number of entries of the matrix along the side
     * @param count the number of cells
     * @param magnification the number of pixels of a cell
     */
    private record Cells(int entries, int count, int magnification) {

        static Cells of(int entries) {
            int count = Math.min(entries, MAX_CELLS);
            return new Cells(entries, count, Math.ceilDiv(MAX_CELLS, count));
        }

        int pixels() {
            return count * magnification;
        }

        /** Returns the index of the first entry of a cell. */
        int start(int cell) {
            return cell * entries / count;
        }
    }

    private static double blockMean(double[] values, int columns, Cells down, int row, Cells across, int column) {
        return IntStream.range(down.start(row), down.start(row + 1))
                .mapToObj(i -> Arrays.stream(
                        values, i * columns + across.start(column), i * columns + across.start(column + 1)))
                .flatMapToDouble(Function.identity())
                .filter(Double::isFinite)
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

    /** Returns the image of the colour scale, with the smallest value at the left. */
    static BufferedImage scale() {
        var image = new BufferedImage(256, 1, BufferedImage.TYPE_BYTE_INDEXED, Palette.viridisModel());
        for (int column = 0; column < 256; column++) {
            image.getRaster().setSample(column, 0, 0, column);
        }
        return image;
    }

    private static double @Nullable [] absoluteDeviations(double[] gradient) {
        // The gradient is scaled first, because squares of gradients of deep networks without normalisation may
        // overflow.
        double largest = Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
        if (largest == 0) {
            return null;
        }
        double[] scaled = Arrays.stream(gradient).map(g -> g / largest).toArray();
        double mean = Arrays.stream(scaled).average().orElseThrow();
        double deviation = Math.sqrt(Arrays.stream(scaled)
                .map(g -> (g - mean) * (g - mean))
                .average()
                .orElseThrow());
        // With a smaller deviation, the outer product would show only the rounding of float32.
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
