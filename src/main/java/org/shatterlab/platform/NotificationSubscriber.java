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
 * Hears what is said by {@link NotificationSender} on a connection of its own, and tells the {@link NotificationListener}s. When the
 * connection is lost it makes another as soon as the database is back, and they are told that they may have missed
 * something.
 */
@Component
class NotificationSubscriber implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(NotificationSubscriber.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(3);

    /** After such a silence the connection is tested: the host of the database may have gone without a word. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private static final int ANSWER_SECONDS = 5;

    private final JdbcConnectionDetails database;
    private final List<NotificationListener> listeners;
    private volatile boolean running;
    private volatile @Nullable Connection current;
    private boolean away;
    private Duration pause = FIRST_PAUSE;

    NotificationSubscriber(JdbcConnectionDetails database, List<NotificationListener> listeners) {
        this.database = database;
        this.listeners = listeners;
    }

    @Override
    public void start() {
        running = true;
        Thread.ofPlatform().daemon().name("notifications").start(this::hear);
    }

    private void hear() {
        while (running) {
            try (Connection connection = connect()) {
                current = connection;
                listen(connection);
                hear(connection);
            } catch (SQLException e) {
                lost(e);
            }
        }
    }

    private void lost(SQLException e) {
        if (!running) {
            return;
        }
        if (!away) {
            log.warn("the database is away, and notifications with it: {}", e.getMessage());
            away = true;
        }
        sleep(pause);
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(MAX_PAUSE) < 0 ? longer : MAX_PAUSE;
    }

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, database.getUsername());
        PGProperty.PASSWORD.set(properties, database.getPassword());
        PGProperty.APPLICATION_NAME.set(properties, "shatterlab notifications");
        PGProperty.CONNECT_TIMEOUT.set(properties, ANSWER_SECONDS);
        PGProperty.LOGIN_TIMEOUT.set(properties, ANSWER_SECONDS);
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
        if (away) {
            log.info("the database is back: notifications are heard again");
            away = false;
        }
        pause = FIRST_PAUSE;
        listeners.forEach(listener -> tell(listener, listener::onGap));
    }

    private void hear(Connection connection) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        while (running) {
            PGNotification[] heard = postgres.getNotifications((int) SILENCE.toMillis());
            if (heard.length == 0 && !connection.isValid(ANSWER_SECONDS)) {
                throw new SQLException("it did not answer in " + ANSWER_SECONDS + " s");
            }
            for (PGNotification notification : heard) {
                tell(notification);
            }
        }
    }

    private void tell(PGNotification notification) {
        listeners.stream()
                .filter(listener -> listener.channel().equals(notification.getName()))
                .forEach(listener -> tell(listener, () -> listener.onNotification(notification.getParameter())));
    }

    private static void tell(NotificationListener listener, Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            log.error("what was said on {} was not understood", listener.channel(), e);
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the wait for notifications, which only the loss of the connection does. */
    @Override
    public void stop() {
        running = false;
        Connection connection = current;
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                log.debug("the connection was lost already", e);
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
