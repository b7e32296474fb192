package org.shatterlab.lab.input;

import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.shatterlab.lab.random.Generators;
import org.shatterlab.lab.random.Normals;

/** Computes the points that an {@link InputSpec} describes. */
public final class Inputs {

    private Inputs() {}

    /**
     * Returns the points of a run. The result is the same at every call and on every machine.
     *
     * @param run the number of the run, which matters only if each run has its own points
     * @return M rows of d numbers
     * @throws DatasetException if the images of a data set are not available
     */
    public static double[][] of(InputSpec spec, DatasetFolder datasets, int run) {
        return switch (spec) {
            case InputSpec.Synthetic synthetic -> of(synthetic);
            case InputSpec.Images images -> datasets.batch(images, run);
        };
    }

    /** Returns the points of a synthetic specification, as M rows of d numbers. */
    public static double[][] of(InputSpec.Synthetic spec) {
        return switch (spec) {
            case InputSpec.Grid grid -> equallySpaced(grid);
            case InputSpec.Gaussian gaussian -> standardNormal(gaussian);
            case InputSpec.GaussianMixture mixture -> mixture(mixture);
        };
    }

    private static double[][] equallySpaced(InputSpec.Grid grid) {
        int last = grid.points() - 1;
        double[][] x = new double[grid.points()][1];
        for (int i = 1; i < last; i++) {
            // A weighted mean of both ends makes the points of a symmetric interval symmetric to the last bit.
            x[i][0] = (grid.from() * (last - i) + grid.to() * i) / last;
        }
        x[0][0] = grid.from();
        x[last][0] = grid.to();
        return x;
    }

    private static double[][] standardNormal(InputSpec.Gaussian gaussian) {
        // The name leaves out the number of points, so that a larger batch begins with the points of a smaller batch.
        return standardNormal(
                "gaussian inputs of dimension " + gaussian.dimension() + " seeded " + gaussian.seed(),
                gaussian.points(),
                gaussian.dimension());
    }

    private static double[][] standardNormal(String name, int points, int dimension) {
        ContinuousSampler sampler = Normals.named(name);
        double[][] x = new double[points][dimension];
        for (double[] point : x) {
            for (int k = 0; k < point.length; k++) {
                point[k] = sampler.sample();
            }
        }
        return x;
    }

    private static double[][] mixture(InputSpec.GaussianMixture mixture) {
        String name = "gaussian mixture of dimension " + mixture.dimension() + " seeded " + mixture.seed();
        double[][] means = standardNormal(name + ", means", mixture.components(), mixture.dimension());
        UniformRandomProvider generator = Generators.named(name + ", components");
        int[] components = generator
                .ints(mixture.points(), 0, mixture.components())
                .sorted()
                .toArray();
        double[][] x = standardNormal(name + ", points", mixture.points(), mixture.dimension());
        double norm = Math.hypot(1, mixture.separation());
        for (int i = 0; i < x.length; i++) {
            double[] mean = means[components[i]];
            double[] z = x[i];
            Arrays.setAll(z, k -> mixture.separation() / norm * mean[k] + z[k] / norm);
        }
        return x;
    }
}
