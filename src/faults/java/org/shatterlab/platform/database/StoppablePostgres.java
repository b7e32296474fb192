package org.shatterlab.platform.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/** A PostgreSQL server outside the service. A test can stop, kill and restart the server at the same address. */
public final class StoppablePostgres implements AutoCloseable {

    /** The user that owns every database of the server. */
    public static final String USER = PostgresCluster.USER;

    private final Path folder;
    private final int port;
    private final PostgresBinaries binaries;
    private final PostgresCluster cluster;

    private StoppablePostgres(Path folder, int port, PostgresBinaries binaries) {
        this.folder = folder;
        this.port = port;
        this.binaries = binaries;
        this.cluster = new PostgresCluster(folder, binaries);
    }

    /** Creates a server in a folder and starts it. The server is killed when this process ends, or earlier. */
    public static StoppablePostgres start(Path folder, int port) {
        try {
            Path cluster = PostgresCluster.privateFolder(folder.toAbsolutePath());
            StoppablePostgres server =
                    new StoppablePostgres(cluster, port, PostgresBinaries.unpack(cluster.resolve("binaries")));
            server.cluster.createIfNew();
            Runtime.getRuntime().addShutdownHook(new Thread(server::kill));
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the server and waits until it accepts connections. */
    public void start() {
        // The durability settings are equal to the settings of the embedded server.
        String options = "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on"
                + " -c synchronous_commit=on -c full_page_writes=on -c max_connections=300 -c timezone=UTC";
        control("start", "--timeout=120", "--options=" + options);
    }

    /** Stops the server as an administrator does. Connected clients receive an error. */
    public void stop() {
        control("stop", "--mode=fast", "--timeout=60");
    }

    private void control(String command, String... more) {
        List<String> arguments = Stream.concat(
                        Stream.of(command, "--pgdata=" + folder.resolve("data"), "--wait"), Stream.of(more))
                .toList();
        try {
            if (!binaries.run(folder.resolve("server.log"), "", "pg_ctl", arguments.toArray(String[]::new))) {
                throw new IllegalStateException(
                        "pg_ctl " + command + " failed:\n" + Files.readString(folder.resolve("server.log")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills all processes of the server at once, as {@code kill -9} does. */
    public void kill() {
        killIn(folder);
    }

    /** Kills the embedded server of a folder, which a killed service may have left behind. */
    public void killIn(Path embedded) {
        Path pidFile = embedded.resolve("data").resolve("postmaster.pid");
        try (Stream<String> lines = Files.exists(pidFile) ? Files.lines(pidFile) : Stream.empty()) {
            lines.findFirst()
                    .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())))
                    .filter(binaries::areRunBy)
                    .ifPresent(StoppablePostgres::killAll);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void killAll(ProcessHandle postmaster) {
        // The children are listed first, because they have no parent after the kill.
        List<ProcessHandle> processes =
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
        processes.forEach(ProcessHandle::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
    }

    /** Links these binaries into the folder of an embedded server, so that the service need not unpack its own. */
    public void shareBinaries(Path embedded) {
        try {
            Path link = Files.createDirectories(embedded).resolve("binaries");
            if (Files.notExists(link)) {
                Files.createSymbolicLink(link, folder.resolve("binaries"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Creates a database and returns its JDBC address. */
    public String create(String database) {
        try (Connection connection = DriverManager.getConnection(url("postgres"), "postgres", password());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + database + " owner " + USER);
        } catch (SQLException e) {
            throw new IllegalStateException("The database " + database + " was not created.", e);
        }
        return url(database);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** Returns the password, which is the same for all users of the server. */
    public String password() {
        try {
            return cluster.password();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
