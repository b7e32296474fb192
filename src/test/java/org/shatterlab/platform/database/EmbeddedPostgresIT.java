package org.shatterlab.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests a running server that was started on an empty folder. */
class EmbeddedPostgresIT {

    private static Path dataDir;
    private static EmbeddedPostgres server;

    @BeforeAll
    static void start(@TempDir Path parent) {
        dataDir = DataFolders.in(parent);
        server = EmbeddedPostgres.start(dataDir);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fsync", "synchronous_commit", "full_page_writes", "data_checksums"})
    void keepsDurabilitySettingsOn(String setting) throws SQLException {
        assertThat(DataFolders.query(server, "SHOW " + setting)).isEqualTo("on");
    }

    @Test
    void connectsAsUserWithoutSuperuserRights() throws SQLException {
        assertThat(DataFolders.query(
                        server,
                        "SELECT current_database() || ' ' || rolname || ' ' || rolsuper FROM pg_roles"
                                + " WHERE rolname = current_user"))
                .isEqualTo("shatterlab shatterlab false");
        DataFolders.execute(server, "CREATE TABLE public.own (id int)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shatterlab", "postgres"})
    void rejectsConnectionWithoutPassword(String user) {
        for (String password : new String[] {"", "wrong"}) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> DriverManager.getConnection(server.getJdbcUrl(), user, password)
                            .close())
                    .withMessageContaining("password");
        }
    }

    @Test
    void acceptsPasswordOfPasswordFile() throws IOException, SQLException {
        String password = Files.readString(dataDir.resolve("postgres/password"));
        DriverManager.getConnection(server.getJdbcUrl(), "postgres", password).close();
    }

    @Test
    void hidesFilesFromOtherUsers() throws IOException {
        Path folder = dataDir.resolve("postgres");
        assertThat(Files.getPosixFilePermissions(folder)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(Files.getPosixFilePermissions(folder.resolve("password")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(folder.resolve("data/pg_hba.conf")).content().doesNotContainPattern("(?m)^[^#].*trust");
    }

    @Test
    void listensOnLoopbackAddressOnly() throws IOException {
        int port = URI.create(server.getJdbcUrl().substring("jdbc:".length())).getPort();
        assertThat(Files.readAllLines(dataDir.resolve("postgres/data/postmaster.pid"))
                        .subList(3, 6))
                .as("port, folder of the socket, address")
                .containsExactly(Integer.toString(port), "", "127.0.0.1");
        for (InetAddress address : NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .toList()) {
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket(address, port).close());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"$", "`", "\"", "\\"})
    void rejectsFolderThatShellExpands(String character, @TempDir Path parent) {
        Path folder = parent.resolve("a" + character + "b");
        assertThatExceptionOfType(UnusableDatabaseException.class)
                .isThrownBy(() -> EmbeddedPostgres.start(folder))
                .withMessageContainingAll(folder.toString(), "the character " + character);
        assertThat(folder).doesNotExist();
    }

    @Test
    void rejectsSecondServerOnSameFolder() {
        assertThatExceptionOfType(UnusableDatabaseException.class)
                .isThrownBy(() -> EmbeddedPostgres.start(dataDir))
                .withMessageContaining(dataDir.toString());
    }
}
