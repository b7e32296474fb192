package org.shatterlab.platform.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private final ServiceLock lock;
    private final PostgresCluster cluster;
    private final String url;
    private final String password;

    private EmbeddedPostgres(ServiceLock lock, PostgresCluster cluster, int port, String password) {
        this.lock = lock;
        this.cluster = cluster;
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
        int port = cluster.start();
        log.info("Embedded PostgreSQL {} runs on port {} with its data in {}", binaries.major(), port, folder);
        return new EmbeddedPostgres(lock, cluster, port, password);
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
    public void close() throws IOException {
        try {
            cluster.stop();
        } finally {
            lock.close();
        }
    }
}
