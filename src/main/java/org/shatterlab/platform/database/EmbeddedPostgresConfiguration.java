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
 * Starts the embedded server and passes its address to Spring Boot if no other database is configured.
 *
 * <p>The connection pool of Spring Boot depends on this bean for its connection details. The server therefore starts
 * before the pool and stops after it. Spring Boot evaluates auto-configurations after all other beans, so this
 * auto-configuration detects every other database.
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

    /** Matches if no address is set. Deployment templates may pass an empty address, which counts as none. */
    static class NoOtherDatabase implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return !StringUtils.hasText(context.getEnvironment().getProperty("spring.datasource.url"));
        }
    }
}
