package org.shatterlab.platform.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * The files of the embedded server and what can be done with them: {@code data}, {@code password} and
 * {@code server.log} in one folder that only its owner may enter. The caller holds the lock of the data folder.
 */
final class PostgresCluster {

    static final String DATABASE = "shatterlab";
    static final String USER = "shatterlab";

    private static final Logger log = LoggerFactory.getLogger(PostgresCluster.class);
    private static final String UNFINISHED = "unfinished";
    private static final int PASSWORD_BYTES = 32;
    private static final int LOG_LINES_SHOWN = 12;

    // On the command line, where neither postgresql.conf nor ALTER SYSTEM can undo them.
    private static final String SETTINGS = """
            -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on -c synchronous_commit=on \
            -c full_page_writes=on -c log_checkpoints=off -c timezone=UTC -c log_timezone=UTC""";

    private final PostgresBinaries binaries;
    private final Path data;
    private final Path password;
    private final Path serverLog;

    PostgresCluster(Path folder, PostgresBinaries binaries) {
        this.binaries = binaries;
        this.data = folder.resolve("data");
        this.password = folder.resolve("password");
        this.serverLog = folder.resolve("server.log");
    }

    /** Creates the folder of a cluster, or takes the rights of others on it away. */
    static Path privateFolder(Path folder) throws IOException {
        Files.createDirectories(folder);
        if (Files.getFileStore(folder).supportsFileAttributeView(PosixFileAttributeView.class)) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        return folder;
    }

    void refuseOtherMajorVersion() throws IOException {
        Path version = data.resolve("PG_VERSION");
        if (Files.notExists(version)) {
            return;
        }
        String found = Files.readString(version).strip();
        String ours = binaries.major();
        if (!found.equals(ours)) {
            throw new EmbeddedPostgresException(
                    "The database in %s was written by PostgreSQL %s, and this service brings PostgreSQL %s."
                            .formatted(data, found, ours),
                    """
                    Nothing was changed. Bring the data over with pg_upgrade, or with pg_dump from PostgreSQL %s; \
                    or start with an empty folder: set SHATTERLAB_DATA_DIR; \
                    or keep the data in a server of your own: set SPRING_DATASOURCE_URL.\
                    """.formatted(found),
                    null);
        }
    }

    /** Ends the server that a killed service left behind, and forgets one that died itself. */
    void stopOrphan() throws IOException {
        Optional<ProcessHandle> orphan = server();
        if (orphan.isPresent()) {
            log.warn(
                    "Stopping PostgreSQL process {} of {}, left behind by a service that was killed",
                    orphan.get().pid(),
                    data);
            stop();
        } else {
            // The number may by now be that of another process, which would keep the server from starting.
            Files.deleteIfExists(data.resolve("postmaster.pid"));
        }
    }

    /** The log tells of one run; that of the run before is kept, since it may tell why that one ended. */
    void startNewLog() throws IOException {
        if (Files.exists(serverLog)) {
            Files.move(serverLog, serverLog.resolveSibling("server.log.old"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /**
     * Makes the cluster, its user and its database aside and moves them into place whole, so that a start cut short
     * leaves nothing half done.
     */
    void createIfNew() throws IOException {
        deleteUnfinished();
        if (Files.exists(data)) {
            return;
        }
        // A new name each time: the initdb of a service that was killed lives on, and deletes its folder if it fails.
        Path unfinished = Files.createTempDirectory(data.getParent(), UNFINISHED);
        String secret = createPassword();
        initialise(unfinished);
        createDatabase(unfinished, secret);
        Files.move(unfinished, data, StandardCopyOption.ATOMIC_MOVE);
    }

    private void initialise(Path folder) throws IOException {
        // With a password from the first moment on, there is no time at which another user of the machine could get in.
        // With the built-in locale, an upgrade of the system does not change the order that the indexes rely on.
        run(
                "be created",
                "",
                "initdb",
                "--pgdata=" + folder,
                "--username=postgres",
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-locale",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8");
    }

    private void createDatabase(Path folder, String secret) throws IOException {
        String statements = """
                CREATE ROLE %1$s LOGIN PASSWORD '%2$s'
                CREATE DATABASE %3$s OWNER %1$s
                """.formatted(USER, secret, DATABASE);
        // An error must not write the password into the log.
        run(
                "be given its database",
                statements,
                "postgres",
                "--single",
                "-D" + folder,
                "-cexit_on_error=on",
                "-clog_min_error_statement=panic",
                "postgres");
    }

    private void deleteUnfinished() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(data.getParent(), UNFINISHED + "*")) {
            folders.forEach(folder -> FileSystemUtils.deleteRecursively(folder.toFile()));
        }
    }

    private String createPassword() throws IOException {
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        // A temporary file is one that only its owner may read.
        Path unfinished = Files.createTempFile(password.getParent(), "password", null);
        Files.writeString(unfinished, secret);
        Files.move(unfinished, password, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return secret;
    }

    String password() throws IOException {
        return Files.readString(password);
    }

    /** Starts the server and waits until it answers. */
    void start(int port) throws IOException {
        String options = "-p %d %s".formatted(port, SETTINGS);
        // After a crash it first replays its log, which may take minutes.
        run("be started", "", "pg_ctl", "start", "--pgdata=" + data, "--wait", "--timeout=600", "--options=" + options);
    }

    /** The server's process; empty where it has none. */
    Optional<ProcessHandle> server() throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (Files.notExists(pidFile)) {
            return Optional.empty();
        }
        return Files.readAllLines(pidFile).stream()
                .findFirst()
                .filter(pid -> pid.matches("\\d{1,18}"))
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)))
                .filter(binaries::areRunBy);
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    void stop() throws IOException {
        if (!stop("fast") && !stop("immediate")) {
            throw failure("be stopped");
        }
    }

    private boolean stop(String mode) throws IOException {
        return binaries.run(
                serverLog, "", "pg_ctl", "stop", "--pgdata=" + data, "--mode=" + mode, "--wait", "--timeout=60");
    }

    private void run(String purpose, String input, String program, String... arguments) throws IOException {
        if (!binaries.run(serverLog, input, program, arguments)) {
            throw failure(purpose);
        }
    }

    private EmbeddedPostgresException failure(String purpose) throws IOException {
        List<String> lines =
                new String(Files.readAllBytes(serverLog), UTF_8).lines().toList();
        List<String> last = lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size());
        return new EmbeddedPostgresException(
                "The embedded PostgreSQL in %s could not %s. The end of its log:%n%n%s"
                        .formatted(data.getParent(), purpose, String.join(System.lineSeparator(), last)),
                "Mend what the log names; all of it is in %s. Or use a server of your own: set SPRING_DATASOURCE_URL."
                        .formatted(serverLog),
                null);
    }
}
