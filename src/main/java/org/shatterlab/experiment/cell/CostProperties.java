package org.shatterlab.experiment.cell;

import jakarta.validation.constraints.Positive;
import org.shatterlab.lab.engine.DeviceClass;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The speeds that time estimates assume.
 *
 * @param gigaflopsPerCore the rate of a core that an estimate assumes before any cell is measured, in 10^9
 *     float32 operations of a matrix product per second
 * @param gigaflopsPerGpu the rate of a GPU that an estimate always assumes, because measured cells of a GPU
 *     wait for each other
 */
@Validated
@ConfigurationProperties("shatterlab.cost")
public record CostProperties(
        @DefaultValue("80") @Positive double gigaflopsPerCore,
        @DefaultValue("800") @Positive double gigaflopsPerGpu) {

    /** Returns the assumed speed of one core or one GPU, in float32 operations of a matrix product per second. */
    public double workPerSecond(DeviceClass device) {
        return 1e9
                * switch (device) {
                    case CPU -> gigaflopsPerCore;
                    case GPU -> gigaflopsPerGpu;
                };
    }
}
