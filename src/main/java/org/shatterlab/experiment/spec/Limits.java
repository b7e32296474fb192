package org.shatterlab.experiment.spec;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The largest experiment that the service accepts.
 *
 * @param networks networks of an experiment
 * @param width units of a layer
 * @param depth layers of a network
 * @param depths distinct depths of a network
 * @param points points at which gradients are taken
 * @param dimension dimension of a point
 * @param runs runs of an experiment
 * @param cells cells of an experiment
 * @param matrixPoints points at which, and units of which, a statistic may be a matrix
 * @param layers layers at which activity is measured, summed over the depths of a network
 * @param channels channels of a convolutional layer
 * @param cellOperations floating-point operations of a cell, by default what a core does in an hour at 40 in a nanosecond
 */
@ConfigurationProperties("shatterlab.limits")
public record Limits(
        @DefaultValue("64") int networks,
        @DefaultValue("4096") int width,
        @DefaultValue("1000") int depth,
        @DefaultValue("512") int depths,
        @DefaultValue("4096") int points,
        @DefaultValue("16384") int dimension,
        @DefaultValue("100000") int runs,
        @DefaultValue("20000") int cells,
        @DefaultValue("512") int matrixPoints,
        @DefaultValue("10000") int layers,
        @DefaultValue("128") int channels,
        @DefaultValue("144000000000000") long cellOperations) {

    private static final int UNLIMITED = Integer.MAX_VALUE;

    /** For what was accepted once: a limit that is lowered later must not make it unreadable. */
    static final Limits NONE = new Limits(
            UNLIMITED,
            UNLIMITED,
            UNLIMITED,
            UNLIMITED,
            UNLIMITED,
            UNLIMITED,
            UNLIMITED,
            UNLIMITED,
            UNLIMITED,
            UNLIMITED,
            UNLIMITED,
            Long.MAX_VALUE);

    public Limits {
        requirePositive("networks", networks);
        requirePositive("width", width);
        requirePositive("depth", depth);
        requirePositive("depths", depths);
        requirePositive("points", points);
        requirePositive("dimension", dimension);
        requirePositive("runs", runs);
        requirePositive("cells", cells);
        requirePositive("matrix-points", matrixPoints);
        requirePositive("layers", layers);
        requirePositive("channels", channels);
        requirePositive("cell-operations", cellOperations);
    }

    /** The limits of a service that is not configured otherwise. */
    public static Limits defaults() {
        return new Limits(64, 4096, 1000, 512, 4096, 16384, 100_000, 20_000, 512, 10_000, 128, 144_000_000_000_000L);
    }

    public static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("shatterlab.limits." + name + " must be at least 1, not " + value);
        }
    }
}
