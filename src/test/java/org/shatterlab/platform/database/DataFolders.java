package org.shatterlab.platform.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/** Creates data folders for tests and runs SQL statements on the servers in the folders. */
final class DataFolders {

    private DataFolders() {}

    /**
     * Creates a data folder. All data folders share their binaries, because unpacking the binaries takes longer than a
     * test.
     */
    static Path in(Path parent) {
        try {
            Path shared = Files.createDirectories(Path.of("target", "postgres-binaries"));
            Path dataDir = parent.resolve("data folder");
            Path postgres = Files.createDirectories(dataDir.resolve("postgres"));
            Files.createSymbolicLink(postgres.resolve("binaries"), shared.toAbsolutePath());
            return dataDir;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void execute(JdbcConnectionDetails database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns the first column of the first row. */
    static String query(JdbcConnectionDetails database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static Connection connect(JdbcConnectionDetails database) throws SQLException {
        return DriverManager.getConnection(database.getJdbcUrl(), database.getUsername(), database.getPassword());
    }
}
