package org.shatterlab.platform.database;

import javax.sql.DataSource;
import org.shatterlab.platform.ServiceProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Gives Spring Boot the address of the embedded server where no other database is configured. Boot's pool asks this
 * bean for its connection details, so that the server is up before the pool and closed after it. An auto-configuration,
 * since only these come after all that may bring another database.
 */
@AutoConfiguration(before = DataSourceAutoConfiguration.class)
@EnableConfigurationProperties(ServiceProperties.class)
@Conditional(EmbeddedPostgresConfiguration.NoOtherDatabase.class)
@ConditionalOnMissingBean({DataSource.class, JdbcConnectionDetails.class})
class EmbeddedPostgresConfiguration {

    @Bean
    EmbeddedPostgres embeddedPostgres(ServiceProperties properties) {
        return EmbeddedPostgres.start(properties.folder());
    }

    /** An empty address counts as none, as deployment templates tend to pass it. */
    static class NoOtherDatabase implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return !StringUtils.hasText(context.getEnvironment().getProperty("spring.datasource.url"));
        }
    }
}
