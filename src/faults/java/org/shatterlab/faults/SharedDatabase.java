package org.shatterlab.faults;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A database that processes of the service share, asked directly for what their API does not tell. */
record SharedDatabase(String url, String user, String password) {

    /** What to start a service on it with. */
    List<String> arguments() {
        return List.of(
                "--spring.datasource.url=" + url,
                "--spring.datasource.username=" + user,
                "--spring.datasource.password=" + password);
    }

    /** On a connection of its own for each statement, so that none outlives the server. */
    JdbcClient.StatementSpec sql(String sql, Object... parameters) {
        return JdbcClient.create(new DriverManagerDataSource(url, user, password))
                .sql(sql)
                .params(parameters);
    }

    /** The one number that a query tells. */
    long number(String sql, Object... parameters) {
        return sql(sql, parameters).query(Long.class).single();
    }
}
