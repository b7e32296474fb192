package org.shatterlab.experiment;

import org.shatterlab.experiment.cell.CellAdmission;
import org.shatterlab.experiment.cell.CostProperties;
import org.shatterlab.experiment.cell.DeviceMemory;
import org.shatterlab.experiment.queue.QueueCapacityProperties;
import org.shatterlab.experiment.queue.QueueProperties;
import org.shatterlab.experiment.queue.StorageCapacityProperties;
import org.shatterlab.experiment.spec.Limits;
import org.shatterlab.experiment.spec.NetworkAtInputsReader;
import org.shatterlab.experiment.spec.Presets;
import org.shatterlab.experiment.spec.SpecReader;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.platform.ServiceProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the beans of the pure rooms {@code experiment.spec} and {@code experiment.cell}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    CostProperties.class,
    ServiceProperties.class,
    Limits.class,
    QueueCapacityProperties.class,
    QueueProperties.class,
    RetentionProperties.class,
    StorageCapacityProperties.class
})
public class ExperimentConfiguration {

    @Bean
    Presets presets() {
        return Presets.load();
    }

    @Bean
    DatasetFolder datasets(ServiceProperties properties) {
        return new DatasetFolder(properties.datasets());
    }

    @Bean
    NetworkAtInputsReader networkAtInputsReader(Limits limits, DatasetFolder datasets) {
        return new NetworkAtInputsReader(limits, datasets);
    }

    @Bean
    SpecReader specReader(Presets presets, Limits limits, DatasetFolder datasets) {
        return new SpecReader(presets, limits, datasets);
    }

    @Bean
    CellAdmission cellAdmission(Limits limits, DeviceMemory memory) {
        return new CellAdmission(limits, memory);
    }
}
