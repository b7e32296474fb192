package org.shatterlab.experiment;

import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.platform.ServiceProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    CostProperties.class,
    ServiceProperties.class,
    Limits.class,
    OpenCellLimits.class,
    QueueProperties.class,
    Retention.class
})
class SpecConfiguration {

    @Bean
    Presets presets() {
        return Presets.load();
    }

    @Bean
    DatasetFolder datasets(ServiceProperties properties) {
        return new DatasetFolder(properties.datasets());
    }

    @Bean
    SubjectReader subjectReader(Limits limits, DatasetFolder datasets) {
        return new SubjectReader(limits, datasets);
    }

    @Bean
    SpecReader specReader(Presets presets, Limits limits, DatasetFolder datasets, DeviceMemory memory) {
        return new SpecReader(presets, limits, datasets, memory);
    }
}
