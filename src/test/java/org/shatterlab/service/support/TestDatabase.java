package org.shatterlab.service.support;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The real PostgreSQL that a test's service runs on, one promise of two providers: a data folder has a database of its
 * own, empty at first and the same one at each start. Either the service embeds it in that folder, as it does for its
 * users, or it lies in a container that all tests share. The container is taken where a Docker engine answers and has
 * the image {@value #DEFAULT_IMAGE}, or {@value #IMAGE} names another one; where that says {@value #NONE}, never.
 */
public final class TestDatabase {

    private static final String IMAGE = "TEST_POSTGRES_IMAGE";
    private static final String NONE = "none";
    private static final String DEFAULT_IMAGE = "postgres:18";
    private static final Logger log = LoggerFactory.getLogger(TestDatabase.class);

    /** Why there are no containers here; null where there are. */
    public static final @Nullable String MISSING = missing();

    private static final @Nullable PostgreSQLContainer SHARED = shared();
    private static final Map<Path, String> NAMES = new ConcurrentHashMap<>();

    private TestDatabase() {}

    /** What to start a service on this data folder with. */
    static List<String> arguments(Path dataFolder) {
        PostgreSQLContainer server = SHARED;
        if (server == null) {
            return List.of();
        }
        String name = NAMES.computeIfAbsent(dataFolder.toAbsolutePath().normalize(), _ -> create(server));
        return List.of(
                "--spring.datasource.url=" + address(server, name),
                "--spring.datasource.username=" + server.getUsername(),
                "--spring.datasource.password=" + server.getPassword());
    }

    /** A server of its own, not started yet. */
    public static PostgreSQLContainer container() {
        return new PostgreSQLContainer(DockerImageName.parse(image()).asCompatibleSubstituteFor("postgres"));
    }

    private static String image() {
        String named = System.getenv(IMAGE);
        return named == null || named.isBlank() ? DEFAULT_IMAGE : named;
    }

    private static @Nullable String missing() {
        String image = image();
        if (image.equals(NONE)) {
            return IMAGE + " is " + NONE;
        }
        // Spring Boot, which quietens them later, has not started yet.
        LoggingSystem logging = LoggingSystem.get(TestDatabase.class.getClassLoader());
        for (String logger : List.of("org.testcontainers", "tc", "com.github.dockerjava")) {
            logging.setLogLevel(logger, LogLevel.OFF);
        }
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return "no Docker engine answers";
        }
        boolean there = !DockerClientFactory.lazyClient()
                .listImagesCmd()
                .withFilter("reference", List.of(image))
                .exec()
                .isEmpty();
        return there || !image.equals(DEFAULT_IMAGE)
                ? null
                : "the engine has no image " + image + "; pull it, or name one in " + IMAGE;
    }

    private static @Nullable PostgreSQLContainer shared() {
        if (MISSING != null) {
            log.info("Services under test embed their PostgreSQL ({})", MISSING);
            return null;
        }
        // Ended with this process by Testcontainers itself.
        PostgreSQLContainer server = container();
        server.start();
        log.info(
                "Services under test use a PostgreSQL in a container ({}, {})",
                image(),
                server.getContainerId().substring(0, 12));
        return server;
    }

    private static String create(PostgreSQLContainer server) {
        String name = "test_" + (NAMES.size() + 1);
        try (Connection connection =
                        DriverManager.getConnection(server.getJdbcUrl(), server.getUsername(), server.getPassword());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("No database " + name, e);
        }
        return name;
    }

    private static String address(PostgreSQLContainer server, String name) {
        return "jdbc:postgresql://" + server.getHost() + ":" + server.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT)
                + "/" + name;
    }
}
