package org.shatterlab.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.JavaProcess;

/** Tests a start on a data folder that an earlier start has used. */
class EmbeddedPostgresRestartIT {

    private Path dataDir;

    @BeforeEach
    void createDataDir(@TempDir Path parent) {
        dataDir = DataFolders.in(parent);
    }

    @Test
    void keepsRowsDespiteStalePidFile() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(dataDir)) {
            DataFolders.execute(server, "CREATE TABLE kept AS SELECT 'a row' AS content");
        }
        Path pidFile = dataDir.resolve("postgres/data/postmaster.pid");
        assertThat(pidFile).doesNotExist();
        for (String staleContent :
                List.of("", "99999999\n", String.format(Locale.ROOT, "%d\n", pidOfAnotherProgram()))) {
            Files.writeString(pidFile, staleContent);
            try (EmbeddedPostgres server = EmbeddedPostgres.start(dataDir)) {
                assertThat(DataFolders.query(server, "SELECT content FROM kept"))
                        .isEqualTo("a row");
            }
        }
    }

    private static long pidOfAnotherProgram() {
        return ProcessHandle.current().parent().orElseThrow().pid();
    }

    @Test
    void locksFolderUntilServiceIsKilled() throws Exception {
        ProcessHandle orphan;
        try (JavaProcess other = ServiceProcess.start(dataDir)) {
            orphan = postmaster();
            assertThatExceptionOfType(UnusableDatabaseException.class)
                    .isThrownBy(() -> EmbeddedPostgres.start(dataDir))
                    .withMessageContaining("process " + other.pid())
                    .withMessageContaining(dataDir.toString())
                    .satisfies(failure -> assertThat(failure.action()).contains("SHATTERLAB_DATA_DIR"));
        }
        assertThat(orphan.isAlive()).isTrue();
        try (EmbeddedPostgres server = EmbeddedPostgres.start(dataDir)) {
            assertThat(orphan.onExit()).succeedsWithin(Duration.ofSeconds(10));
            assertThat(DataFolders.query(server, "SELECT content FROM kept")).isEqualTo("a row");
        }
    }

    @Test
    void keepsRowsAfterServiceAndServerDie() throws Exception {
        try (JavaProcess _ = ServiceProcess.start(dataDir)) {
            postmaster().destroyForcibly();
            postmaster().onExit().join();
        }
        try (EmbeddedPostgres server = EmbeddedPostgres.start(dataDir)) {
            assertThat(DataFolders.query(server, "SELECT content FROM kept")).isEqualTo("a row");
        }
    }

    private ProcessHandle postmaster() throws IOException {
        String pid = Files.readAllLines(dataDir.resolve("postgres/data/postmaster.pid"))
                .getFirst();
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    @Test
    void recreatesClusterAfterInterruptedStart() throws IOException, SQLException {
        Path unfinished = Files.createDirectories(dataDir.resolve("postgres/unfinished123"));
        Files.writeString(unfinished.resolve("postgresql.conf"), "half");
        Files.writeString(dataDir.resolve("postgres/password"), "of the attempt before");
        try (EmbeddedPostgres server = EmbeddedPostgres.start(dataDir)) {
            assertThat(DataFolders.query(server, "SELECT 1")).isEqualTo("1");
        }
        assertThat(unfinished).doesNotExist();
    }

    @Test
    void rejectsDataOfOtherMajorVersion() throws IOException {
        Path data = Files.createDirectories(dataDir.resolve("postgres/data"));
        Files.writeString(data.resolve("PG_VERSION"), "17\n");
        assertThatExceptionOfType(UnusableDatabaseException.class)
                .isThrownBy(() -> EmbeddedPostgres.start(dataDir))
                .withMessageContaining("PostgreSQL 17")
                .withMessageContaining("PostgreSQL 18")
                .satisfies(failure -> assertThat(failure.action()).contains("pg_dump", "SHATTERLAB_DATA_DIR"));
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files).containsExactly(data.resolve("PG_VERSION"));
        }
    }

    @Test
    void reportsLogOfFailedServer() throws IOException {
        EmbeddedPostgres.start(dataDir).close();
        Files.writeString(dataDir.resolve("postgres/data/postgresql.conf"), "no_such_setting = 1\n");
        assertThatExceptionOfType(UnusableDatabaseException.class)
                .isThrownBy(() -> EmbeddedPostgres.start(dataDir))
                .withMessageContaining("no_such_setting");
    }

    @Test
    void namesUnusableFolder() throws IOException {
        Path file = Files.writeString(dataDir.resolve("a file"), "");
        assertThatExceptionOfType(UnusableDatabaseException.class)
                .isThrownBy(() -> EmbeddedPostgres.start(file))
                .withMessageContaining(file.toString());
    }
}
