package org.shatterlab.lab.input;

/** The points at which gradients are taken; the same for every run of an experiment, unless they say otherwise. */
public sealed interface InputSpec {

    /** The number of points M. */
    int points();

    /** The dimension d of each point. */
    int dimension();

    /** Whether every run has the same points. */
    default boolean isSameInEveryRun() {
        return true;
    }

    /** Points that need nothing but their specification. */
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
     * @param seed of the points alone: the seed of the experiment does not move them
     */
    record Gaussian(int points, int dimension, long seed) implements Synthetic {}

    /**
     * Independent points of a mixture of equally likely spherical Gaussians, ordered by component: x = (s m_c + z) /
     * sqrt(1 + s^2) with m_c and z standard normal, so that each coordinate has variance 1 in expectation over the means.
     *
     * @param points M, at least 2
     * @param dimension d
     * @param components how many Gaussians, at least 1
     * @param separation s, the standard deviation of their means in units of their own, at least 0
     * @param seed of the points alone
     */
    record GaussianMixture(int points, int dimension, int components, double separation, long seed)
            implements Synthetic {}

    /**
     * Distinct images of a data set as points, channel by channel and row by row, in an order drawn at random. Each channel is
     * standardised over the whole training set.
     *
     * @param dataset which
     * @param points M, at least 2, and no more than there are
     * @param seed of the choice of images alone
     * @param perRun whether each run has images of its own
     * @param sha256 of the data, so that other data are other inputs; as {@link Datasets.Facts} has it
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
