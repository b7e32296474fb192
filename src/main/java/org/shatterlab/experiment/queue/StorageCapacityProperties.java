package org.shatterlab.experiment.queue;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The limits of the storage.
 *
 * @param storedBytes estimated bytes of the database that all experiments take, such as {@code 400GB}
 * @param storedBytesPerToken estimated bytes of the database that the experiments of one token take
 */
@ConfigurationProperties("shatterlab.limits")
public record StorageCapacityProperties(
        @DefaultValue("400GB") DataSize storedBytes,
        @DefaultValue("100GB") DataSize storedBytesPerToken) {}
