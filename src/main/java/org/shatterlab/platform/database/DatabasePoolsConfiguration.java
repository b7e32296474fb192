package org.shatterlab.platform.database;

import com.zaxxer.hikari.HikariDataSource;
import org.shatterlab.platform.DatabaseOutages;
import org.shatterlab.platform.Role;
import org.shatterlab.platform.ServiceProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.jdbc.autoconfigure.health.DataSourceHealthContributorAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;

/** Replaces the one pool of Spring Boot by {@link DatabasePools}, after a check of the database. */
@AutoConfiguration(
        after = DataSourceAutoConfiguration.class,
        before = DataSourceHealthContributorAutoConfiguration.class)
@EnableConfigurationProperties(ServiceProperties.class)
@ConditionalOnBean(HikariDataSource.class)
class DatabasePoolsConfiguration {

    @Bean
    @Primary
    DatabasePools databasePools(
            HikariDataSource pool,
            JdbcConnectionDetails details,
            ObjectProvider<EmbeddedDatabase> embedded,
            ServiceProperties properties,
            Environment environment) {
        if (embedded.getIfAvailable() == null) {
            DatabaseCheck.requireUsable(details, pool.getDataSourceProperties());
        }
        return new DatabasePools(pool, properties.roles().contains(Role.WORKER) ? threads(environment) : 0);
    }

    /** Returns the threads of a worker. The threads of GPUs are not counted, because they wait without a connection. */
    private static int threads(Environment environment) {
        int configured = environment.getProperty("shatterlab.worker.threads", Integer.class, 0);
        return configured > 0 ? configured : Runtime.getRuntime().availableProcessors();
    }

    @Bean
    DatabaseHealth dbHealthIndicator(DatabasePools pools, DatabaseOutages outages) {
        return new DatabaseHealth(pools.probes(), outages);
    }
}
