package org.shatterlab.platform.database;

import javax.sql.DataSource;
import org.shatterlab.platform.DatabaseOutages;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.jdbc.health.DataSourceHealthIndicator;

/**
 * Reports the health of the database: down while the database does not answer, and out of service while the database
 * accepts no changes, for example because its disk is full.
 */
final class DatabaseHealth extends DataSourceHealthIndicator {

    private final DatabaseOutages outages;

    DatabaseHealth(DataSource probes, DatabaseOutages outages) {
        super(probes);
        this.outages = outages;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) throws Exception {
        super.doHealthCheck(builder);
        if (outages.refusesChanges()) {
            builder.outOfService();
        }
    }
}
