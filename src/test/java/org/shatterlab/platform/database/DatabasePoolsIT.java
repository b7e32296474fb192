package org.shatterlab.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.platform.DatabaseOutages;
import org.shatterlab.platform.request.RequestThreads;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Tests the pools, and the check of the database before them, on a server that the application does not start. */
@ExtendWith(OutputCaptureExtension.class)
class DatabasePoolsIT {

    private static EmbeddedPostgres server;

    @BeforeAll
    static void start(@TempDir Path parent) {
        server = EmbeddedPostgres.start(DataFolders.in(parent));
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        EmbeddedPostgresConfiguration.class,
        DataSourceAutoConfiguration.class,
        DatabasePoolsConfiguration.class
    })
    @Import(DatabaseOutages.class)
    static class Application {}

    private static ConfigurableApplicationContext run(String... arguments) {
        return runOn(server.getJdbcUrl(), server.getPassword(), arguments);
    }

    private static ConfigurableApplicationContext runOn(String url, String password, String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--spring.datasource.url=" + url,
                "--spring.datasource.username=" + server.getUsername(),
                "--spring.datasource.password=" + password,
                "--spring.datasource.hikari.maximum-pool-size=2",
                "--shatterlab.worker.threads=3"));
        all.addAll(List.of(arguments));
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .run(all.toArray(String[]::new));
    }

    /** Runs a task on a thread that is marked as the thread of a request. */
    private static <T> T onRequestThread(Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        RequestThreads.marked(Thread.ofVirtual().factory()).newThread(future).start();
        return future.get();
    }

    private static HikariDataSource pool(DatabasePools pools, boolean requests) {
        return (HikariDataSource)
                Objects.requireNonNull(pools.getResolvedDataSources().get(requests));
    }

    @Test
    void opensOnlyPoolsInUse() throws Exception {
        HikariDataSource requests;
        try (ConfigurableApplicationContext context = run()) {
            DatabasePools pools = context.getBean(DatabasePools.class);
            requests = pool(pools, true);
            pools.getConnection().close();
            assertThat(pool(pools, false).isRunning()).isTrue();
            assertThat(requests.isRunning()).isFalse();
            assertThat(pools.probes().isRunning()).isFalse();
            onRequestThread(() -> {
                pools.getConnection().close();
                return "";
            });
            assertThat(requests.isRunning()).isTrue();
        }
        assertThat(requests.isClosed()).isTrue();
    }

    @Test
    void sizesPoolsByTheirUsers() {
        try (ConfigurableApplicationContext context = run()) {
            DatabasePools pools = context.getBean(DatabasePools.class);
            assertThat(pool(pools, true).getMaximumPoolSize()).isEqualTo(2);
            assertThat(pool(pools, false).getMaximumPoolSize()).isEqualTo(3 + 4);
            assertThat(pools.probes().getMaximumPoolSize()).isEqualTo(1);
        }
        try (ConfigurableApplicationContext context = run("--shatterlab.roles=api")) {
            assertThat(pool(context.getBean(DatabasePools.class), false).getMaximumPoolSize())
                    .isEqualTo(4);
        }
    }

    @Test
    void servesWorkersAndProbesBesideBlockedRequests() throws Exception {
        try (ConfigurableApplicationContext context = run("--spring.datasource.hikari.connection-timeout=3000")) {
            DatabasePools pools = context.getBean(DatabasePools.class);
            try (Connection _ = onRequestThread(pools::getConnection);
                    Connection _ = onRequestThread(pools::getConnection)) {
                assertThatThrownBy(() -> onRequestThread(pools::getConnection))
                        .hasStackTraceContaining("requests - Connection is not available");
                pools.getConnection().close();
                assertThat(context.getBean(DatabaseHealth.class).health().getStatus())
                        .isEqualTo(Status.UP);
            }
        }
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void assertReported(CapturedOutput output, String url, String password, String... expected) {
        assertThatThrownBy(() -> runOn(url, password).close())
                .hasRootCauseInstanceOf(Exception.class)
                .hasStackTraceContaining("UnusableDatabaseException");
        assertThat(output.getOut())
                .contains("APPLICATION FAILED TO START")
                .contains(expected)
                .doesNotContain("\tat ");
        assertThat(output.getOut().lines()).hasSizeLessThan(30);
    }

    private static String otherDatabase(String name) {
        return server.getJdbcUrl().replaceFirst("[^/]*$", name);
    }

    @Test
    void reportsWrongPassword(CapturedOutput output) {
        assertReported(
                output,
                server.getJdbcUrl(),
                "wrong",
                "password authentication failed",
                "Correct SPRING_DATASOURCE_USERNAME");
    }

    @Test
    void reportsUnknownDatabase(CapturedOutput output) {
        assertReported(
                output,
                otherDatabase("absent"),
                server.getPassword(),
                "database \"absent\" does not exist",
                "Create the database");
    }

    @Test
    void reportsUnreachablePort(CapturedOutput output) throws IOException {
        String url = "jdbc:postgresql://127.0.0.1:" + unusedPort() + "/lab";
        assertReported(output, url, "", "refused", "Start the database, or correct the host");
    }

    @Test
    void reportsUnknownHost(CapturedOutput output) {
        String url = "jdbc:postgresql://no-such-host.invalid/lab";
        assertReported(output, url, "", "no-such-host.invalid", "Start the database, or correct the host");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LATIN1", "SQL_ASCII"})
    void rejectsOtherEncoding(String encoding, CapturedOutput output) throws SQLException {
        String name = "in_" + encoding.toLowerCase(Locale.ROOT);
        try (Connection connection =
                        DriverManager.getConnection(server.getJdbcUrl(), "postgres", server.getPassword());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name + " encoding '" + encoding
                    + "' locale 'C' locale_provider libc template template0");
        }
        assertReported(
                output,
                otherDatabase(name),
                server.getPassword(),
                "has the encoding " + encoding,
                "encoding 'UTF8' template template0");
    }
}
