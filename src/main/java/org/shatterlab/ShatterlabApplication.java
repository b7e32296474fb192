package org.shatterlab;

import java.util.Locale;
import org.shatterlab.platform.ServiceProperties;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;

/**
 * Starts the service: the HTTP API and the workers. The error page of the framework is excluded, because its answers
 * are not problem documents.
 */
@SpringBootApplication(exclude = ErrorMvcAutoConfiguration.class)
@EnableConfigurationProperties(ServiceProperties.class)
public class ShatterlabApplication {

    /**
     * Starts the service. The service writes for machines only, so the language of the machine makes no difference. The
     * libraries that draw the axes of figures would otherwise write foreign digits.
     */
    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        SpringApplication.run(ShatterlabApplication.class, args);
    }
}
