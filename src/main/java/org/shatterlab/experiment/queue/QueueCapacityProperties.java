package org.shatterlab.experiment.queue;

import org.shatterlab.experiment.spec.Limits;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The longest queue that the service accepts.
 *
 * @param openCells cells of all experiments that are to be computed
 * @param openCellsPerToken cells of the experiments of one token that are to be computed
 */
@ConfigurationProperties("shatterlab.limits")
public record QueueCapacityProperties(
        @DefaultValue("200000") int openCells,
        @DefaultValue("50000") int openCellsPerToken) {

    public QueueCapacityProperties {
        Limits.requirePositive("open-cells", openCells);
        Limits.requirePositive("open-cells-per-token", openCellsPerToken);
    }
}
