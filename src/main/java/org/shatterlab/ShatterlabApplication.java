package org.shatterlab;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the service: the HTTP API and the workers that measure. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ShatterlabApplication {

    public static void main(String[] args) {
        SpringApplication.run(ShatterlabApplication.class, args);
    }
}
