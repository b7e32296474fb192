package org.shatterlab.experiment;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an estimate of time assumes before cells were measured.
 *
 * @param gigaflopsPerCore what `?dryRun=true` assumes of a core until cells were measured: float32
 *     operations of a matrix product in a second, in 10^9
 */
@ConfigurationProperties("shatterlab.cost")
record CostProperties(@DefaultValue("80") double gigaflopsPerCore) {

    CostProperties {
        if (!(gigaflopsPerCore > 0)) {
            throw new IllegalArgumentException("shatterlab.cost.gigaflops-per-core must be above 0");
        }
    }

    double workPerSecond() {
        return gigaflopsPerCore * 1e9;
    }
}
