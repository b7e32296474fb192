package org.shatterlab.platform.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * Checks at the start that the service can use a database, and otherwise names the reason and the remedy. The check
 * takes two short connections.
 */
final class DatabaseCheck {

    private static final int MIN_MAJOR_VERSION = 15;
    private static final String ENCODING = "UTF8";
    private static final String POSTGRES = "jdbc:postgresql:";

    private DatabaseCheck() {}

    /**
     * Requires a PostgreSQL of a supported version whose connections are sessions.
     *
     * @param driver the properties of the driver
     * @throws UnusableDatabaseException if the service cannot use the database
     */
    static void requireUsable(JdbcConnectionDetails details, Properties driver) {
        String url = details.getJdbcUrl();
        if (!url.startsWith(POSTGRES)) {
            // Another driver reports its own failures. Tests configure such addresses.
            return;
        }
        try (Connection first = connect(details, driver)) {
            requireVersion(
                    Integer.parseInt(query(first, "show server_version_num")), query(first, "show server_version"));
            requireEncoding(query(first, "select current_database()"), query(first, "show server_encoding"));
            try (Connection second = connect(details, driver)) {
                requireSessions(backend(first), backend(first), backend(second), backend(first), backend(second));
            }
        } catch (SQLException e) {
            throw unusable(url, details.getUsername(), e);
        }
    }

    private static Connection connect(JdbcConnectionDetails details, Properties driver) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(driver);
        PGProperty.USER.set(properties, details.getUsername());
        PGProperty.PASSWORD.set(properties, details.getPassword());
        return DriverManager.getConnection(details.getJdbcUrl(), properties);
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static String backend(Connection connection) throws SQLException {
        return query(connection, "select pg_backend_pid()");
    }

    static void requireVersion(int number, String version) {
        if (number < MIN_MAJOR_VERSION * 10_000) {
            throw new UnusableDatabaseException(
                    String.format(
                            Locale.ROOT,
                            "The database is PostgreSQL %s. The service needs PostgreSQL %d or later.",
                            version,
                            MIN_MAJOR_VERSION),
                    "Upgrade the server, or set SPRING_DATASOURCE_URL to a newer server.",
                    null);
        }
    }

    static void requireEncoding(String database, String encoding) {
        if (!encoding.equals(ENCODING)) {
            throw new UnusableDatabaseException(
                    "The database %s has the encoding %s. The service stores texts of every script and needs %s."
                            .formatted(database, encoding, ENCODING),
                    "Create a database with: create database NAME encoding 'UTF8' template template0;",
                    null);
        }
    }

    /**
     * Requires that two open connections are two sessions. A pooler that shares sessions among connections either
     * serves both connections from one process of the server, or changes the process of a connection. The first
     * connection is asked twice in a row, because a pooler that alternates between two sessions would otherwise pass.
     */
    static void requireSessions(String first, String again, String second, String firstLater, String secondLater) {
        boolean stable = first.equals(again) && first.equals(firstLater) && second.equals(secondLater);
        if (!stable || first.equals(second)) {
            throw new UnusableDatabaseException("""
                    A connection pooler, such as PgBouncer in transaction mode, shares the sessions of the database \
                    between connections. The service needs sessions of its own, for notifications, settings and \
                    prepared statements.\
                    """, """
                    Set SPRING_DATASOURCE_URL to the address of the PostgreSQL server itself, \
                    or set pool_mode = session for this database in the pooler.\
                    """, null);
        }
    }

    private static UnusableDatabaseException unusable(String url, @Nullable String user, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String address = url.replaceFirst("\\?.*", "");
        String action = switch (state) {
            case "28P01", "28000" ->
                "Correct SPRING_DATASOURCE_USERNAME and SPRING_DATASOURCE_PASSWORD, or allow the user in pg_hba.conf.";
            case "3D000" ->
                "Create the database, or correct its name in SPRING_DATASOURCE_URL. The user %s must own the database."
                        .formatted(user);
            case "42501" -> "Grant the user %s the right to connect to the database.".formatted(user);
            case "53300" -> "Raise max_connections of the server, or lower SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE.";
            case "57P03" -> "Start the service again when the database has started.";
            case "08001", "08004", "08006" ->
                "Start the database, or correct the host and the port in SPRING_DATASOURCE_URL.";
            default -> "Correct SPRING_DATASOURCE_URL and the settings of the database.";
        };
        return new UnusableDatabaseException(
                "The service cannot connect to the database %s as user %s: %s".formatted(address, user, e.getMessage()),
                action,
                e);
    }
}
