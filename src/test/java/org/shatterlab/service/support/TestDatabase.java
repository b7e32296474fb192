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
 * A provider of real PostgreSQL databases for services under test. Each data folder has its own database. The database
 * is empty at first, and later starts on the folder find the same database. Two implementations keep this promise.
 * Either the service embeds PostgreSQL in the data folder, as for its users, or all tests share one server in a
 * container.
 *
 * <p>The tests use the container if a Docker engine is available and has the image {@value #DEFAULT_IMAGE}. The
 * environment variable {@value #IMAGE_VARIABLE} selects another image, which Docker may pull. The value {@value #NONE}
 * turns containers off.
 */
public final class TestDatabase {

    private static final String IMAGE_VARIABLE = "TEST_POSTGRES_IMAGE";
    private static final String NONE = "none";
    private static final String DEFAULT_IMAGE = "postgres:18";
    private static final Logger log = LoggerFactory.getLogger(TestDatabase.class);

    /** The reason why containers are not available, or null if containers are available. */
    public static final @Nullable String NO_CONTAINERS_REASON = noContainersReason();

    private static final @Nullable PostgreSQLContainer SHARED_SERVER = startSharedServer();
    private static final Map<Path, String> DATABASE_NAMES = new ConcurrentHashMap<>();

    private TestDatabase() {}

    /** Returns the arguments that start a service on the database of a data folder. */
    static List<String> arguments(Path dataFolder) {
        PostgreSQLContainer server = SHARED_SERVER;
        if (server == null) {
            return List.of();
        }
        String name =
                DATABASE_NAMES.computeIfAbsent(dataFolder.toAbsolutePath().normalize(), _ -> createDatabase(server));
        return List.of(
                "--spring.datasource.url=" + jdbcUrl(server, name),
                "--spring.datasource.username=" + server.getUsername(),
                "--spring.datasource.password=" + server.getPassword());
    }

    /** Returns a new PostgreSQL server in a container, which the caller starts. */
    public static PostgreSQLContainer container() {
        return new PostgreSQLContainer(DockerImageName.parse(image()).asCompatibleSubstituteFor("postgres"));
    }

    private static String image() {
        String configured = System.getenv(IMAGE_VARIABLE);
        return configured == null || configured.isBlank() ? DEFAULT_IMAGE : configured;
    }

    private static @Nullable String noContainersReason() {
        String image = image();
        if (image.equals(NONE)) {
            return IMAGE_VARIABLE + " is " + NONE;
        }
        // Spring Boot configures the log levels later, so this method turns the loggers off itself.
        LoggingSystem logging = LoggingSystem.get(TestDatabase.class.getClassLoader());
        for (String logger : List.of("org.testcontainers", "tc", "com.github.dockerjava")) {
            logging.setLogLevel(logger, LogLevel.OFF);
        }
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return "no Docker engine is available";
        }
        boolean hasImage = !DockerClientFactory.lazyClient()
                .listImagesCmd()
                .withFilter("reference", List.of(image))
                .exec()
                .isEmpty();
        return hasImage || !image.equals(DEFAULT_IMAGE)
                ? null
                : "the Docker engine lacks the image " + image + "; pull the image or name another image in "
                        + IMAGE_VARIABLE;
    }

    private static @Nullable PostgreSQLContainer startSharedServer() {
        if (NO_CONTAINERS_REASON != null) {
            log.info("Services under test embed PostgreSQL because {}", NO_CONTAINERS_REASON);
            return null;
        }
        // Testcontainers stops the server when this process ends.
        PostgreSQLContainer server = container();
        server.start();
        log.info(
                "Services under test use PostgreSQL in a container (image {}, container {})",
                image(),
                server.getContainerId().substring(0, 12));
        return server;
    }

    private static String createDatabase(PostgreSQLContainer server) {
        String name = "test_" + (DATABASE_NAMES.size() + 1);
        try (Connection connection =
                        DriverManager.getConnection(server.getJdbcUrl(), server.getUsername(), server.getPassword());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot create the database " + name + ".", e);
        }
        return name;
    }

    private static String jdbcUrl(PostgreSQLContainer server, String name) {
        return "jdbc:postgresql://" + server.getHost() + ":" + server.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT)
                + "/" + name;
    }
}
