package org.shatterlab.experiment;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class SpecConfiguration {

    @Bean
    Presets presets() {
        return Presets.load();
    }

    @Bean
    SpecReader specReader(Presets presets, Limits limits) {
        return new SpecReader(presets, limits);
    }
}
