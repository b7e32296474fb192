package org.shatterlab.platform.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * A running PostgreSQL server that belongs to this service alone and keeps its data from one run to the next.
 *
 * <p>Only the binaries are Zonky's. Its own server is made for data that may be lost: it lets anyone on the machine in
 * without a password, turns {@code fsync} off, takes a half-made cluster for a whole one, and gives up on a server that
 * needs more than 5 s to stop.
 */
final class EmbeddedPostgres implements JdbcConnectionDetails, EmbeddedDatabase, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);

    private static final Duration BETWEEN_STARTS = Duration.ofSeconds(1);

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
        this.url = "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, PostgresCluster.DATABASE);
        this.password = password;
    }

    /**
     * Starts the server of a data folder, which is made where there is none.
     *
     * @throws EmbeddedPostgresException if another service uses the folder, if it holds data of another major version,
     *     or if the server does not start
     */
    static EmbeddedPostgres start(Path dataDir) {
        try {
            Files.createDirectories(dataDir);
            ServiceLock lock = ServiceLock.take(dataDir);
            try {
                return start(dataDir, lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new EmbeddedPostgresException(
                    "The data folder %s cannot be used: %s.".formatted(dataDir, e),
                    "Give the service a folder that it may write, on a disk with space: set SHATTERLAB_DATA_DIR.",
                    e);
        }
    }

    private static EmbeddedPostgres start(Path dataDir, ServiceLock lock) throws IOException {
        Path folder = PostgresCluster.privateFolder(dataDir.resolve("postgres"));
        PostgresBinaries binaries = PostgresBinaries.unpack(folder.resolve("binaries"));
        PostgresCluster cluster = new PostgresCluster(folder, binaries);
        cluster.refuseOtherMajorVersion();
        cluster.stopOrphan();
        cluster.startNewLog();
        cluster.createIfNew();
        String password = cluster.password();
        int port = PostgresCluster.freePort();
        cluster.start(port);
        log.info("Embedded PostgreSQL {} runs on port {} with its data in {}", binaries.major(), port, folder);
        EmbeddedPostgres server = new EmbeddedPostgres(lock, cluster, port, password);
        server.watch();
        return server;
    }

    /** A server that is killed, for want of memory say, is started again, at the address that its clients know. */
    private void watch() throws IOException {
        cluster.server().ifPresent(server -> {
            var _ = server.onExit().thenRunAsync(this::startAgain, Thread.ofVirtual()::start);
        });
    }

    private void startAgain() {
        while (!attemptStart()) {
            try {
                Thread.sleep(BETWEEN_STARTS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Whether there is nothing left to attempt. */
    private synchronized boolean attemptStart() {
        if (closed) {
            return true;
        }
        try {
            log.warn("The embedded PostgreSQL ended by itself; it is started again");
            cluster.stopOrphan();
            cluster.start(port);
            watch();
            log.info("The embedded PostgreSQL runs again");
            return true;
        } catch (IOException | EmbeddedPostgresException e) {
            // Its children may need a moment to see that it is gone.
            log.error("The embedded PostgreSQL does not start; the next attempt follows", e);
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

    /** Stops the server: whoever uses it has closed their connections by now, or loses them. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        try {
            if (cluster.server().isPresent()) {
                cluster.stop();
            }
        } finally {
            lock.close();
        }
    }
}
