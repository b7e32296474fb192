package org.shatterlab.lab.input;

/** The points at which gradients are taken; the same for every run of an experiment. */
public sealed interface InputSpec {

    /** The number of points M. */
    int points();

    /** The dimension d of each point. */
    int dimension();

    /**
     * Equally spaced points of the real line, both ends included.
     *
     * @param from the first point
     * @param to the last point
     * @param points M, at least 2
     */
    record Grid(double from, double to, int points) implements InputSpec {
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
    record Gaussian(int points, int dimension, long seed) implements InputSpec {}
}
