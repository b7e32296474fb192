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

/** A PostgreSQL that belongs to no service, and can be stopped, killed and started again at the same address. */
public final class StoppablePostgres implements AutoCloseable {

    /** Owns every database of it. */
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

    /** Makes a server in a folder and starts it. It is killed with this process at the latest. */
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

    /** Starts it again, and returns when it answers. */
    public void start() {
        // As the embedded server runs, but for the port: what is written is on the disk.
        String options = "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on"
                + " -c synchronous_commit=on -c full_page_writes=on -c max_connections=300 -c timezone=UTC";
        control("start", "--timeout=120", "--options=" + options);
    }

    /** Stops it as an administrator does: whoever is connected is told so. */
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

    /** Kills all of its processes at once, as {@code kill -9} does. */
    public void kill() {
        killIn(folder);
    }

    /** Kills the server of a folder with these binaries, which a service that embeds it may have left behind. */
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
        // The children are listed first: afterwards they are nobody's.
        List<ProcessHandle> processes =
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
        processes.forEach(ProcessHandle::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
    }

    /** Spares a service the unpacking of its own, in the folder of the server that it embeds. */
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

    /** Creates a database, and tells its address. */
    public String create(String database) {
        try (Connection connection = DriverManager.getConnection(url("postgres"), "postgres", password());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + database + " owner " + USER);
        } catch (SQLException e) {
            throw new IllegalStateException("no database " + database, e);
        }
        return url(database);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** Of each of its users. */
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
