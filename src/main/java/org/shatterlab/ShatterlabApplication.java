package org.shatterlab;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;

/**
 * Starts the service: the HTTP API and the workers that measure. Without the framework's page of errors, whose answers are no
 * problem documents.
 */
@SpringBootApplication(exclude = ErrorMvcAutoConfiguration.class)
public class ShatterlabApplication {

    public static void main(String[] args) {
        SpringApplication.run(ShatterlabApplication.class, args);
    }
}
