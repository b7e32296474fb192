package org.shatterlab.lab.input;

import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.shatterlab.lab.random.Normals;

/** Turns an {@link InputSpec} into the points themselves. */
public final class Inputs {

    private Inputs() {}

    /**
     * The points, the same wherever and whenever they are asked for.
     *
     * @return M rows of d numbers
     */
    public static double[][] of(InputSpec spec) {
        return switch (spec) {
            case InputSpec.Grid grid -> equallySpaced(grid);
            case InputSpec.Gaussian gaussian -> standardNormal(gaussian);
        };
    }

    private static double[][] equallySpaced(InputSpec.Grid grid) {
        int last = grid.points() - 1;
        double[][] x = new double[grid.points()][1];
        for (int i = 1; i < last; i++) {
            // Both ends weighed, rather than steps added up: a symmetric interval gives points symmetric to the bit.
            x[i][0] = (grid.from() * (last - i) + grid.to() * i) / last;
        }
        x[0][0] = grid.from();
        x[last][0] = grid.to();
        return x;
    }

    private static double[][] standardNormal(InputSpec.Gaussian gaussian) {
        // Without the number of points, so that a larger batch begins with the points of a smaller one.
        ContinuousSampler sampler =
                Normals.named("gaussian inputs of dimension " + gaussian.dimension() + " seeded " + gaussian.seed());
        double[][] x = new double[gaussian.points()][gaussian.dimension()];
        for (double[] point : x) {
            for (int k = 0; k < point.length; k++) {
                point[k] = sampler.sample();
            }
        }
        return x;
    }
}
