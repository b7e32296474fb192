package org.shatterlab.result.web;

import java.io.IOException;
import java.util.Random;
import java.util.stream.IntStream;
import org.shatterlab.result.plot.Figure;
import org.shatterlab.result.plot.Figure1;
import org.shatterlab.result.plot.Figure4;
import org.shatterlab.result.plot.MatrixFigure;
import org.shatterlab.result.plot.Rendering;

/** Draws the largest figures of random data, and prints the size of each picture. */
final class LargestFigures {

    private static final Random RANDOM = new Random(1);

    private LargestFigures() {}

    /** Draws Figure 1 as SVG and Figure 4 as PNG. */
    public static void main(String... arguments) throws IOException {
        drawSvg();
        drawPng();
    }

    private static void drawSvg() throws IOException {
        ByteBlocks svg = new ByteBlocks();
        Rendering.writeSvg(figure1(), svg);
        System.out.println("figure-1 " + svg.size());
    }

    private static void drawPng() throws IOException {
        ByteBlocks png = new ByteBlocks();
        Rendering.writePng(figure4(), png);
        System.out.println("figure-4 " + png.size());
    }

    /** Returns 64 columns of white noise at 4096 points. */
    private static Figure figure1() {
        return new Figure1(
                "caption",
                IntStream.range(0, 64)
                        .mapToObj(i -> new Figure1.Column(
                                "network " + i,
                                grid(4096),
                                RANDOM.doubles(4096, -1, 1).toArray()))
                        .toList());
    }

    /** Returns 64 rasters of 512 units at 512 inputs. */
    private static Figure figure4() {
        return new Figure4(
                "caption",
                new MatrixFigure.MatrixAxis("input x", grid(512)),
                IntStream.range(0, 64)
                        .mapToObj(i -> new Figure4.ActivityRow(
                                "network " + i,
                                Figure4.Raster.of(RANDOM.ints(512 * 512, 0, 2)
                                        .asDoubleStream()
                                        .toArray()),
                                new double[] {0.5, 0.5},
                                new double[] {0.5, 0.5}))
                        .toList());
    }

    private static double[] grid(int points) {
        return IntStream.range(0, points).asDoubleStream().toArray();
    }
}
