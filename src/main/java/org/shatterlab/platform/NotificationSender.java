package org.shatterlab.platform;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Sends notifications to every process on this database with PostgreSQL's {@code NOTIFY}. One thread sends all of them.
 * Thread-safe.
 *
 * <p>The transactions that change data do not notify by themselves. PostgreSQL commits notifying transactions only one
 * after the other, each with its own write to the disk. The notifications of all commits within {@link #INTERVAL} are
 * therefore sent together, without duplicates. After a pause the first notification is sent immediately.
 *
 * <p>A notification is lost if the process ends, or if the database is unavailable, before it is sent. Receivers must
 * also poll from time to time.
 */
@Component
public class NotificationSender {

    private static final Logger log = LoggerFactory.getLogger(NotificationSender.class);
    private static final Duration INTERVAL = Duration.ofMillis(25);

    private final JdbcClient jdbc;
    private final BlockingQueue<Message> waiting = new LinkedBlockingQueue<>();
    private final Thread sender = Thread.ofPlatform().daemon().name("notifier").unstarted(this::sendBatches);

    NotificationSender(JdbcClient jdbc) {
        this.jdbc = jdbc;
        sender.start();
    }

    private record Message(String channel, String payload) {}

    /**
     * Sends a notification after the transaction of this thread has committed. Without a transaction, the notification
     * is sent now.
     *
     * @param payload a text of less than 8000 bytes
     */
    public void send(String channel, String payload) {
        Message message = new Message(channel, payload);
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            waiting.add(message);
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                waiting.add(message);
            }
        });
    }

    private void sendBatches() {
        try {
            while (true) {
                Set<Message> messages = new LinkedHashSet<>(List.of(waiting.take()));
                waiting.drainTo(messages);
                send(messages);
                Thread.sleep(INTERVAL);
            }
        } catch (InterruptedException e) {
            log.debug("The service stops, and no more notifications are sent");
        }
    }

    private void send(Set<Message> messages) {
        try {
            jdbc.sql("select pg_notify(channel, payload) from unnest(?::text[], ?::text[]) m (channel, payload)")
                    .params(
                            messages.stream().map(Message::channel).toArray(String[]::new),
                            messages.stream().map(Message::payload).toArray(String[]::new))
                    .query((_, _) -> "")
                    .list();
        } catch (RuntimeException e) {
            log.debug("{} notifications were not sent", messages.size(), e);
        }
    }

    @PreDestroy
    void stop() {
        sender.interrupt();
    }
}
