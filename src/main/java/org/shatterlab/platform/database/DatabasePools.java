package org.shatterlab.platform.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.Map;
import java.util.Properties;
import org.shatterlab.platform.request.RequestThreads;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * A data source with a pool for requests, a pool for workers and a pool for probes. The pools are bulkheads: requests
 * that hold every connection of their pool delay neither a heartbeat nor a probe. A pool opens its connections when its
 * first user arrives, so a worker opens none for requests.
 *
 * <p>All pools have the settings {@code spring.datasource.hikari.*}. The configured size is the size of the pool for
 * requests.
 */
final class DatabasePools extends AbstractRoutingDataSource implements AutoCloseable {

    /**
     * The connections for work besides requests and cells: the clock, notifications, heartbeats and the polling of the
     * queue.
     */
    static final int BACKGROUND_CONNECTIONS = 4;

    /** A probe waits no longer than this time, because an orchestrator gives up after about a second. */
    private static final long PROBE_TIMEOUT_MILLIS = 900;

    private static final int PROBE_READ_TIMEOUT_SECONDS = 1;

    private final HikariDataSource requests;
    private final HikariDataSource probes;

    /**
     * Creates the pools.
     *
     * @param workers the configured pool of Spring Boot, which has opened no connection yet; the caller closes the pool
     * @param threads the number of cells that this process computes at a time
     */
    DatabasePools(HikariDataSource workers, int threads) {
        requests = copy(workers, "requests");
        probes = copy(workers, "probes");
        probes.setMaximumPoolSize(1);
        probes.setMinimumIdle(0);
        probes.setConnectionTimeout(PROBE_TIMEOUT_MILLIS);
        probes.setValidationTimeout(PROBE_TIMEOUT_MILLIS);
        probes.addDataSourceProperty("socketTimeout", PROBE_READ_TIMEOUT_SECONDS);
        workers.setPoolName("workers");
        workers.setMaximumPoolSize(threads + BACKGROUND_CONNECTIONS);
        setTargetDataSources(Map.of(true, requests, false, workers));
        afterPropertiesSet();
    }

    private static HikariDataSource copy(HikariConfig settings, String name) {
        HikariDataSource pool = new HikariDataSource();
        settings.copyStateTo(pool);
        // The copy shares the properties of the driver with the original.
        pool.setDataSourceProperties(new Properties());
        settings.getDataSourceProperties().forEach((key, value) -> pool.addDataSourceProperty((String) key, value));
        pool.setPoolName(name);
        // The pool opens during an outage as well. Otherwise each request would try to open the pool, one by one.
        pool.setInitializationFailTimeout(-1);
        return pool;
    }

    /** Returns the pool for probes. */
    HikariDataSource probes() {
        return probes;
    }

    @Override
    protected Object determineCurrentLookupKey() {
        return RequestThreads.isCurrent();
    }

    @Override
    public void close() {
        requests.close();
        probes.close();
    }
}
