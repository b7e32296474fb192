package org.shatterlab.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** Tests when the application starts and stops the embedded server. */
@ExtendWith(OutputCaptureExtension.class)
class EmbeddedPostgresConfigurationIT {

    @TempDir
    private Path parent;

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(EmbeddedPostgresConfiguration.class, DataSourceAutoConfiguration.class));

    @Test
    void runsServerWhilePoolIsOpen() {
        AtomicReference<EmbeddedPostgres> server = new AtomicReference<>();
        AtomicReference<HikariDataSource> pool = new AtomicReference<>();
        application
                .withPropertyValues("shatterlab.data-dir=" + DataFolders.in(parent), "spring.datasource.url=")
                .run(context -> {
                    pool.set((HikariDataSource) context.getBean(DataSource.class));
                    server.set(context.getBean(EmbeddedPostgres.class));
                    assertThat(JdbcClient.create(pool.get())
                                    .sql("SELECT current_user")
                                    .query(String.class)
                                    .single())
                            .isEqualTo("shatterlab");
                });
        assertThat(pool.get().isClosed()).isTrue();
        int port = URI.create(server.get().getJdbcUrl().substring("jdbc:".length()))
                .getPort();
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void doesNotStartWithConfiguredUrl() {
        application
                .withPropertyValues("spring.datasource.url=jdbc:postgresql://db.example/shatterlab")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(EmbeddedPostgres.class));
    }

    private record OtherConnectionDetails(String getJdbcUrl, String getUsername, String getPassword)
            implements JdbcConnectionDetails {}

    @Test
    void doesNotStartWithOtherConnectionDetails() {
        String url = "jdbc:postgresql://db.example/shatterlab";
        application
                .withBean(JdbcConnectionDetails.class, () -> new OtherConnectionDetails(url, "user", "password"))
                .run(context -> {
                    assertThat(context).hasNotFailed().doesNotHaveBean(EmbeddedPostgres.class);
                    assertThat(context.getBean(HikariDataSource.class).getJdbcUrl())
                            .isEqualTo(url);
                });
    }

    @Test
    void doesNotStartWithOtherDataSource() {
        application
                .withBean(DataSource.class, SimpleDriverDataSource::new)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(EmbeddedPostgres.class));
    }

    @Test
    void reportsReasonOfFailedStart(CapturedOutput output) throws Exception {
        Path dataDir = DataFolders.in(parent);
        Path data = Files.createDirectories(dataDir.resolve("postgres/data"));
        Files.writeString(data.resolve("PG_VERSION"), "17\n");
        assertThatThrownBy(() -> new SpringApplicationBuilder(Application.class)
                        .web(WebApplicationType.NONE)
                        .run("--shatterlab.data-dir=" + dataDir)
                        .close())
                .hasRootCauseInstanceOf(UnusableDatabaseException.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START", "was written by PostgreSQL 17", "Nothing was changed.")
                .doesNotContain("\tat org.shatterlab");
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({EmbeddedPostgresConfiguration.class, DataSourceAutoConfiguration.class})
    static class Application {}
}
