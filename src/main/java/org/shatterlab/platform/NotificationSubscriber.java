package org.shatterlab.platform;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Receives the notifications of {@link NotificationSender} on its own connection and passes them to the
 * {@link NotificationListener}s. After the loss of the connection it reconnects as soon as the database is available,
 * and reports a gap to the listeners.
 */
@Component
class NotificationSubscriber implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(NotificationSubscriber.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(3);

    /** The connection is tested after this time without notifications, because a lost host closes no connection. */
    private static final Duration MAX_SILENCE = Duration.ofSeconds(10);

    private static final int TIMEOUT_SECONDS = 5;

    private final JdbcConnectionDetails database;
    private final List<NotificationListener> listeners;
    private final DatabaseOutages outages;
    private volatile boolean running;
    private volatile @Nullable Connection current;
    private Duration pause = FIRST_PAUSE;

    NotificationSubscriber(
            JdbcConnectionDetails database, List<NotificationListener> listeners, DatabaseOutages outages) {
        this.database = database;
        this.listeners = listeners;
        this.outages = outages;
    }

    @Override
    public void start() {
        running = true;
        Thread.ofPlatform().daemon().name("notifications").start(this::run);
    }

    private void run() {
        while (running) {
            try (Connection connection = connect()) {
                current = connection;
                listen(connection);
                receive(connection);
            } catch (SQLException e) {
                onConnectionLost(e);
            }
        }
    }

    private void onConnectionLost(SQLException e) {
        if (!running) {
            return;
        }
        outages.onLostConnection(e);
        sleep(pause);
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(MAX_PAUSE) < 0 ? longer : MAX_PAUSE;
    }

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, database.getUsername());
        PGProperty.PASSWORD.set(properties, database.getPassword());
        PGProperty.APPLICATION_NAME.set(properties, "shatterlab notifications");
        PGProperty.CONNECT_TIMEOUT.set(properties, TIMEOUT_SECONDS);
        PGProperty.LOGIN_TIMEOUT.set(properties, TIMEOUT_SECONDS);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        return DriverManager.getConnection(database.getJdbcUrl(), properties);
    }

    private void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String channel : listeners.stream()
                    .map(NotificationListener::channel)
                    .distinct()
                    .toList()) {
                statement.execute("listen \"" + channel + "\"");
            }
        }
        pause = FIRST_PAUSE;
        listeners.forEach(listener -> call(listener, listener::onGap));
    }

    private void receive(Connection connection) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        while (running) {
            PGNotification[] received = postgres.getNotifications((int) MAX_SILENCE.toMillis());
            if (received.length == 0 && !connection.isValid(TIMEOUT_SECONDS)) {
                throw new SQLException("The database did not answer within " + TIMEOUT_SECONDS + " s");
            }
            for (PGNotification notification : received) {
                dispatch(notification);
            }
        }
    }

    private void dispatch(PGNotification notification) {
        listeners.stream()
                .filter(listener -> listener.channel().equals(notification.getName()))
                .forEach(listener -> call(listener, () -> listener.onNotification(notification.getParameter())));
    }

    private static void call(NotificationListener listener, Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException e) {
            log.error("The listener of channel {} failed on a notification", listener.channel(), e);
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes the connection, because only a closed connection ends the wait for notifications. */
    @Override
    public void stop() {
        running = false;
        Connection connection = current;
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                log.debug("The connection was already lost", e);
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
