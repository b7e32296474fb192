package org.shatterlab.platform.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
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
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * A database cluster of the embedded server on disk, with the operations on it. Its folder has {@code data},
 * {@code password} and {@code server.log}, and only its owner may enter the folder. The caller must hold the lock of
 * the data folder. Not thread-safe.
 */
final class PostgresCluster {

    static final String DATABASE = "shatterlab";
    static final String USER = "shatterlab";

    private static final Logger log = LoggerFactory.getLogger(PostgresCluster.class);
    private static final String UNFINISHED = "unfinished";
    private static final Pattern SHELL_CHARACTER = Pattern.compile("[$`\"\\\\\\r\\n]");
    private static final int PASSWORD_BYTES = 32;
    private static final int LOG_LINES_SHOWN = 12;

    // Settings on the command line override postgresql.conf and ALTER SYSTEM.
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

    /**
     * Rejects a folder with a character that a shell expands inside double quotes. The programs of PostgreSQL start each
     * other through a shell and do not escape these characters.
     *
     * @throws UnusableDatabaseException if the name has such a character
     */
    static void requireUsableName(Path folder) {
        Matcher expanded = SHELL_CHARACTER.matcher(folder.toString());
        if (File.separatorChar == '/' && expanded.find()) {
            throw new UnusableDatabaseException(
                    "The data folder %s has the character %s, and the programs of PostgreSQL cannot use such a folder."
                            .formatted(folder, expanded.group().strip().isEmpty() ? "line break" : expanded.group()),
                    "Set SHATTERLAB_DATA_DIR to a folder without the characters $ ` \" \\ and without line breaks.",
                    null);
        }
    }

    /** Creates the folder of a cluster, if it does not exist, and removes the rights of other users on the folder. */
    static Path privateFolder(Path folder) throws IOException {
        Files.createDirectories(folder);
        if (Files.getFileStore(folder).supportsFileAttributeView(PosixFileAttributeView.class)) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        return folder;
    }

    /**
     * Rejects data that another major version of PostgreSQL wrote.
     *
     * @throws UnusableDatabaseException if the cluster has data of another major version
     */
    void rejectOtherMajorVersion() throws IOException {
        Path version = data.resolve("PG_VERSION");
        if (Files.notExists(version)) {
            return;
        }
        String found = Files.readString(version).strip();
        String ours = binaries.major();
        if (!found.equals(ours)) {
            throw new UnusableDatabaseException(
                    "The database in %s was written by PostgreSQL %s, but this service contains PostgreSQL %s."
                            .formatted(data, found, ours),
                    """
                    Nothing was changed. Convert the data with pg_upgrade, or with pg_dump from PostgreSQL %s. \
                    Or set SHATTERLAB_DATA_DIR to an empty folder. \
                    Or set SPRING_DATASOURCE_URL to a server of your own.\
                    """.formatted(found),
                    null);
        }
    }

    /** Stops the server that a killed service left behind, or deletes the PID file of a server that crashed. */
    void stopOrphan() throws IOException {
        Optional<ProcessHandle> orphan = serverProcess();
        if (orphan.isPresent()) {
            log.warn(
                    "Stopping PostgreSQL process {} of {}, which a killed service left behind",
                    orphan.get().pid(),
                    data);
            stop();
        } else {
            // Another process may have this process number by now, and then the server would not start.
            Files.deleteIfExists(data.resolve("postmaster.pid"));
        }
    }

    /** Starts a new log file. The log of the run before is kept, since it may show why the server ended. */
    void startNewLog() throws IOException {
        if (Files.exists(serverLog)) {
            Files.move(serverLog, serverLog.resolveSibling("server.log.old"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /**
     * Creates the cluster with its user and its database, if it does not exist. The cluster is created in a temporary
     * folder and moved into place as a whole, so an interrupted start leaves no incomplete cluster.
     *
     * @throws UnusableDatabaseException if PostgreSQL cannot create the cluster
     */
    void createIfNew() throws IOException {
        deleteUnfinished();
        if (Files.exists(data)) {
            return;
        }
        // The initdb of a killed service keeps running. It deletes its folder if it fails, so each folder has a new
        // name.
        Path unfinished = Files.createTempDirectory(data.getParent(), UNFINISHED);
        String secret = createPassword();
        initialise(unfinished);
        createDatabase(unfinished, secret);
        Files.move(unfinished, data, StandardCopyOption.ATOMIC_MOVE);
    }

    private void initialise(Path folder) throws IOException {
        // The cluster has a password from the start, so other users of the machine can never log in without one.
        // The built-in locale keeps the sort order of the indexes when the operating system is upgraded.
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
        // The statements have the password, so the server must not log a statement that fails.
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
        // Java creates temporary files that only their owner may read.
        Path unfinished = Files.createTempFile(password.getParent(), "password", null);
        Files.writeString(unfinished, secret);
        Files.move(unfinished, password, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return secret;
    }

    /**
     * Returns the password of the users {@link #USER} and {@code postgres}.
     *
     * @throws IOException if the password file cannot be read
     */
    String password() throws IOException {
        return Files.readString(password);
    }

    /**
     * Starts the server and waits until it accepts connections.
     *
     * @throws UnusableDatabaseException if the server does not start
     */
    void start(int port) throws IOException {
        String options = String.format(Locale.ROOT, "-p %d %s", port, SETTINGS);
        // After a crash the server first replays its write-ahead log, which may take minutes.
        run("be started", "", "pg_ctl", "start", "--pgdata=" + data, "--wait", "--timeout=600", "--options=" + options);
    }

    /** Returns the process of the server. Empty if the server does not run. */
    Optional<ProcessHandle> serverProcess() throws IOException {
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

    /** Returns a port of the loopback address that no process uses at this moment. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /**
     * Stops the server. Connected clients lose their connections. If the server does not stop in time, it is stopped
     * without a checkpoint and replays its write-ahead log at the next start.
     *
     * @throws UnusableDatabaseException if the server does not stop
     */
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

    private UnusableDatabaseException failure(String purpose) throws IOException {
        List<String> lines =
                new String(Files.readAllBytes(serverLog), UTF_8).lines().toList();
        List<String> last = lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size());
        return new UnusableDatabaseException(
                "The embedded PostgreSQL in %s could not %s. The log of PostgreSQL ends with:%n%n%s"
                        .formatted(data.getParent(), purpose, String.join(System.lineSeparator(), last)),
                "Correct the error in the log %s. Or set SPRING_DATASOURCE_URL to a server of your own."
                        .formatted(serverLog),
                null);
    }
}
