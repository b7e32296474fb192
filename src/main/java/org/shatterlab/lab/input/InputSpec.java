package org.shatterlab.lab.input;

/** The points at which gradients are measured. By default, all runs of an experiment share the points. */
public sealed interface InputSpec {

    /** Returns the number of points M. */
    int points();

    /** Returns the dimension d of each point. */
    int dimension();

    /** Returns whether every run has the same points. */
    default boolean isSameInEveryRun() {
        return true;
    }

    /** Points that follow from their specification alone, without any files. */
    sealed interface Synthetic extends InputSpec {}

    /**
     * Equally spaced points of the real line, both ends included.
     *
     * @param from the first point
     * @param to the last point
     * @param points M, at least 2
     */
    record Grid(double from, double to, int points) implements Synthetic {
        @Override
        public int dimension() {
            return 1;
        }
    }

    /**
     * Independent standard normal points.
     *
     * @param points M, at least 2
     * @param dimension d
     * @param seed the seed of the points; the seed of the experiment does not affect the points
     */
    record Gaussian(int points, int dimension, long seed) implements Synthetic {}

    /**
     * Independent points of a mixture of equally likely spherical Gaussians, ordered by component. A point is
     * {@code x = (s m_c + z) / sqrt(1 + s^2)} with m_c and z standard normal. Therefore each coordinate has variance 1
     * in expectation over the means.
     *
     * @param points M, at least 2
     * @param dimension d
     * @param components the number of Gaussians, at least 1
     * @param separation s, the standard deviation of the means divided by the standard deviation of each Gaussian, at
     *     least 0
     * @param seed the seed of the points
     */
    record GaussianMixture(int points, int dimension, int components, double separation, long seed)
            implements Synthetic {}

    /**
     * Distinct images of a data set in random order. A point lists the pixels channel by channel and row by row. Each
     * channel is standardised over the whole training set.
     *
     * @param dataset the data set of the images
     * @param points M, from 2 to the number of images in the data set
     * @param seed the seed of the choice of images
     * @param perRun whether each run has a separate choice of images
     * @param sha256 the SHA-256 of the data as in {@link Datasets.DatasetInfo}, so that different data are different
     *     inputs
     */
    record Images(Dataset dataset, int points, long seed, boolean perRun, String sha256) implements InputSpec {
        @Override
        public int dimension() {
            return dataset.dimension();
        }

        @Override
        public boolean isSameInEveryRun() {
            return !perRun;
        }
    }
}
