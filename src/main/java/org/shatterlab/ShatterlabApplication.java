package org.shatterlab;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the service: the HTTP API and the workers that measure. */
@SpringBootApplication
public class ShatterlabApplication {

    public static void main(String[] args) {
        SpringApplication.run(ShatterlabApplication.class, args);
    }
}
