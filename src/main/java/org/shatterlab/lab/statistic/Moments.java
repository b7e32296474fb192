package org.shatterlab.lab.statistic;

/**
 * What is kept of a statistic over runs: enough to merge with other runs and to estimate the mean and its error.
 *
 * <p>Merging is exact in exact arithmetic; in floating point the last bits depend on the order, so callers merge in a
 * fixed one.
 */
public sealed interface Moments permits MeanMoments, RatioMoments {

    /** How many runs there are. */
    long count();

    Estimate estimate();
}
