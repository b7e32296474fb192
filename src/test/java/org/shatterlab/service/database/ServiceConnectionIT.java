package org.shatterlab.service.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.shatterlab.platform.database.EmbeddedDatabase;
import org.shatterlab.service.support.NeedsContainers;
import org.shatterlab.service.support.Service;
import org.shatterlab.service.support.TestDatabase;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.test.annotation.DirtiesContext;
import org.testcontainers.postgresql.PostgreSQLContainer;
import tools.jackson.databind.JsonNode;

/**
 * Tests that a service uses the database of a service connection, which a platform may bind, instead of the embedded
 * one.
 */
@ExtendWith(NeedsContainers.class)
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@DirtiesContext
class ServiceConnectionIT {

    @TestConfiguration(proxyBeanMethods = false)
    static class Containers {

        @Bean
        @ServiceConnection
        PostgreSQLContainer postgres() {
            return TestDatabase.container();
        }
    }

    @Test
    void usesDatabaseOfServiceConnection(
            @Autowired ConfigurableApplicationContext context,
            @Autowired PostgreSQLContainer postgres,
            @Autowired DataSource dataSource)
            throws SQLException {
        Service service = Service.of(context);
        JsonNode experiment = service.run("""
                {"networks": [{"family": "feedforward", "width": 20}], "depths": [2], "runs": 5, "seed": 1,
                 "inputs": {"type": "grid", "points": 16}}""");
        assertThat(experiment.get("state").asString()).isEqualTo("SUCCEEDED");
        try (Connection connection = dataSource.getConnection()) {
            assertThat(connection.getMetaData().getURL()).startsWith(postgres.getJdbcUrl());
        }
        assertThat(service.hasBean(EmbeddedDatabase.class)).isFalse();
    }
}
