package org.shatterlab.experiment.cell;

import org.shatterlab.lab.engine.DeviceClass;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an estimate of time assumes before cells were measured.
 *
 * @param gigaflopsPerCore what `?dryRun=true` assumes of a core until cells were measured: float32
 *     operations of a matrix product in a second, in 10^9
 * @param gigaflopsPerGpu the same of a GPU, whatever was measured: its cells wait for each other
 */
@ConfigurationProperties("shatterlab.cost")
public record CostProperties(
        @DefaultValue("80") double gigaflopsPerCore,
        @DefaultValue("800") double gigaflopsPerGpu) {

    public CostProperties {
        if (!(gigaflopsPerCore > 0 && gigaflopsPerGpu > 0)) {
            throw new IllegalArgumentException(
                    "shatterlab.cost.gigaflops-per-core and .gigaflops-per-gpu must be above 0");
        }
    }

    public double workPerSecond(DeviceClass device) {
        return 1e9
                * switch (device) {
                    case CPU -> gigaflopsPerCore;
                    case GPU -> gigaflopsPerGpu;
                };
    }
}
