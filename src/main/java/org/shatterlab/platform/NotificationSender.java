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
 * Tells every process on this database that something has changed (PostgreSQL's {@code NOTIFY}), by hand of one thread.
 *
 * <p>Not in the transactions that change things: PostgreSQL lets those that notify commit only one after the other, each
 * with a write to the disk of its own. What many commits have to say within {@link #INTERVAL} is said at once, and the
 * same only once; the first after a silence is said immediately. What a process that dies, or loses the database, did not
 * get to say is never said: who waits for a change looks for himself from time to time.
 */
@Component
public class NotificationSender {

    private static final Logger log = LoggerFactory.getLogger(NotificationSender.class);
    private static final Duration INTERVAL = Duration.ofMillis(25);

    private final JdbcClient jdbc;
    private final BlockingQueue<Message> waiting = new LinkedBlockingQueue<>();
    private final Thread speaker = Thread.ofPlatform().daemon().name("notifier").unstarted(this::speak);

    NotificationSender(JdbcClient jdbc) {
        this.jdbc = jdbc;
        speaker.start();
    }

    private record Message(String channel, String payload) {}

    /**
     * Says something once the transaction that this thread is in has committed; without one, now.
     *
     * @param payload shorter than 8000 bytes
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

    private void speak() {
        try {
            while (true) {
                Set<Message> messages = new LinkedHashSet<>(List.of(waiting.take()));
                waiting.drainTo(messages);
                say(messages);
                Thread.sleep(INTERVAL);
            }
        } catch (InterruptedException e) {
            log.debug("nothing more is said");
        }
    }

    private void say(Set<Message> messages) {
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
        speaker.interrupt();
    }
}
