package org.shatterlab.experiment;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({CostProperties.class, Limits.class, QueueProperties.class})
class SpecConfiguration {

    @Bean
    Presets presets() {
        return Presets.load();
    }

    @Bean
    SubjectReader subjectReader(Limits limits) {
        return new SubjectReader(limits);
    }

    @Bean
    SpecReader specReader(Presets presets, Limits limits) {
        return new SpecReader(presets, limits);
    }
}
