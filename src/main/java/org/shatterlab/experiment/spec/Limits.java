package org.shatterlab.experiment.spec;

import jakarta.validation.constraints.Positive;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The limits of an experiment that the service accepts.
 *
 * @param networks networks of an experiment
 * @param width units of a layer
 * @param depth layers of a network
 * @param depths distinct depths of a network
 * @param points points at which gradients are measured
 * @param dimension dimension of a point
 * @param runs runs of an experiment
 * @param cells cells of an experiment
 * @param matrixPoints points or units along a side of a matrix statistic
 * @param layers layers at which activity is measured, summed over the depths of a network
 * @param channels channels of a convolutional layer
 * @param cellOperations floating-point operations of a cell; the default takes a core one hour at 40 operations per
 *     nanosecond
 * @param experimentBytes estimated bytes of the database that all cells of an experiment take, such as {@code 20GB}
 */
@Validated
@ConfigurationProperties("shatterlab.limits")
public record Limits(
        @DefaultValue("64") @Positive int networks,
        @DefaultValue("4096") @Positive int width,
        @DefaultValue("1000") @Positive int depth,
        @DefaultValue("512") @Positive int depths,
        @DefaultValue("4096") @Positive int points,
        @DefaultValue("16384") @Positive int dimension,
        @DefaultValue("100000") @Positive int runs,
        @DefaultValue("20000") @Positive int cells,
        @DefaultValue("512") @Positive int matrixPoints,
        @DefaultValue("10000") @Positive int layers,
        @DefaultValue("128") @Positive int channels,
        @DefaultValue("144000000000000") @Positive long cellOperations,
        @DefaultValue("20GB") DataSize experimentBytes) {

    /** The smallest number of points or images. Statistics over pairs of inputs need two inputs. */
    static final int MIN_POINTS = 2;

    private static final int MAX = Integer.MAX_VALUE;

    /** The limits of specifications that were accepted before. A lower limit must not make them unreadable. */
    static final Limits UNLIMITED = new Limits(
            MAX, MAX, MAX, MAX, MAX, MAX, MAX, MAX, MAX, MAX, MAX, Long.MAX_VALUE, DataSize.ofBytes(Long.MAX_VALUE));
}
