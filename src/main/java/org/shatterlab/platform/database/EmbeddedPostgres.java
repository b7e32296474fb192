package org.shatterlab.platform.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * A running PostgreSQL server that only this service uses. The server keeps its data from one run to the next.
 *
 * <p>Zonky's library provides only the binaries. Zonky's own server is meant for data that may be lost. It accepts
 * connections of every local user without a password, turns {@code fsync} off, and uses an incomplete cluster. It also
 * gives up on a server that needs more than 5 s to stop.
 */
final class EmbeddedPostgres implements JdbcConnectionDetails, EmbeddedDatabase, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);

    private static final Duration START_INTERVAL = Duration.ofSeconds(1);

    private final ServiceLock lock;
    private final PostgresCluster cluster;
    private final int port;
    private final String url;
    private final String password;
    private boolean closed;

    private EmbeddedPostgres(ServiceLock lock, PostgresCluster cluster, int port, String password) {
        this.lock = lock;
        this.cluster = cluster;
        this.port = port;
        this.url = String.format(Locale.ROOT, "jdbc:postgresql://127.0.0.1:%d/%s", port, PostgresCluster.DATABASE);
        this.password = password;
    }

    /**
     * Starts the server of a data folder and creates the folder if it does not exist.
     *
     * @throws UnusableDatabaseException if the folder has a name that PostgreSQL cannot use, if another service uses the
     *     folder, if it holds data of another major version, or if the server does not start
     */
    static EmbeddedPostgres start(Path dataDir) {
        PostgresCluster.requireUsableName(dataDir);
        try {
            Files.createDirectories(dataDir);
            ServiceLock lock = ServiceLock.acquire(dataDir);
            try {
                return start(dataDir, lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UnusableDatabaseException(
                    "The service cannot use the data folder %s: %s.".formatted(dataDir, e),
                    "Set SHATTERLAB_DATA_DIR to a folder that the service may write, on a disk with free space.",
                    e);
        }
    }

    private static EmbeddedPostgres start(Path dataDir, ServiceLock lock) throws IOException {
        Path folder = PostgresCluster.privateFolder(dataDir.resolve("postgres"));
        PostgresBinaries binaries = PostgresBinaries.unpack(folder.resolve("binaries"));
        PostgresCluster cluster = new PostgresCluster(folder, binaries);
        cluster.rejectOtherMajorVersion();
        cluster.stopOrphan();
        cluster.startNewLog();
        cluster.createIfNew();
        String password = cluster.password();
        int port = PostgresCluster.freePort();
        cluster.start(port);
        log.info("Embedded PostgreSQL {} runs on port {} with its data in {}", binaries.major(), port, folder);
        EmbeddedPostgres server = new EmbeddedPostgres(lock, cluster, port, password);
        server.restartOnExit();
        return server;
    }

    /** Restarts the server at the same address if its process ends, for example because memory ran out. */
    private void restartOnExit() throws IOException {
        cluster.serverProcess().ifPresent(server -> {
            var _ = server.onExit()
                    .thenRunAsync(this::restart, Thread.ofPlatform().daemon()::start);
        });
    }

    private void restart() {
        while (!attemptRestart()) {
            try {
                Thread.sleep(START_INTERVAL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Tries to start the server once. Returns whether no further attempt is needed. */
    private synchronized boolean attemptRestart() {
        if (closed) {
            return true;
        }
        try {
            log.warn("The embedded PostgreSQL ended unexpectedly and is restarted");
            cluster.stopOrphan();
            cluster.start(port);
            restartOnExit();
            log.info("The embedded PostgreSQL runs again");
            return true;
        } catch (IOException | UnusableDatabaseException e) {
            // The child processes of the ended server may need a moment to end as well.
            log.error("The embedded PostgreSQL does not start, and the next attempt follows", e);
            return false;
        }
    }

    @Override
    public String getJdbcUrl() {
        return url;
    }

    @Override
    public String getUsername() {
        return PostgresCluster.USER;
    }

    @Override
    public String getPassword() {
        return password;
    }

    /** Stops the server and releases the data folder. Open connections are lost. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        try {
            if (cluster.serverProcess().isPresent()) {
                cluster.stop();
            }
        } finally {
            lock.close();
        }
    }
}
