package org.shatterlab.faults;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A database that processes of the service share. Faults query the database directly for facts that the API does not
 * report.
 */
record SharedDatabase(String url, String user, String password) {

    /** Returns the arguments that start a service on this database. */
    List<String> arguments() {
        return List.of(
                "--spring.datasource.url=" + url,
                "--spring.datasource.username=" + user,
                "--spring.datasource.password=" + password);
    }

    /** Prepares a statement on a connection of its own, so that no connection outlives the server. */
    JdbcClient.StatementSpec sql(String sql, Object... parameters) {
        return JdbcClient.create(new DriverManagerDataSource(url, user, password))
                .sql(sql)
                .params(parameters);
    }

    /** Returns the single number that a query selects. */
    long number(String sql, Object... parameters) {
        return sql(sql, parameters).query(Long.class).single();
    }
}
