package org.shatterlab.experiment;

import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The keys that came with submissions of the last 24 hours. */
@Repository
class IdempotencyKeys {

    /** A key that is older is as good as gone, purged or not. */
    private static final String KEPT = "created_at > now() - interval '24 hours'";

    private final JdbcClient jdbc;

    IdempotencyKeys(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What a key was first used for. */
    record Use(String bodyHash, UUID experiment) {}

    Optional<Use> find(String key) {
        return jdbc.sql("select body_hash, experiment_id from idempotency_key where key = ? and " + KEPT)
                .param(key)
                .query((row, _) -> new Use(row.getString(1), row.getObject(2, UUID.class)))
                .optional();
    }

    /** Reserves a key until the end of the transaction; false where another transaction has it. */
    boolean reserve(String key) {
        return jdbc.sql("select pg_try_advisory_xact_lock(hashtextextended('idempotency-key ' || ?, 0))")
                .param(key)
                .query(Boolean.class)
                .single();
    }

    /** Keeps the use of a key that is reserved. */
    void keep(String key, Use use) {
        jdbc.sql("""
                        insert into idempotency_key (key, body_hash, experiment_id) values (?, ?, ?)
                        on conflict (key) do update set (body_hash, experiment_id, created_at)
                            = (excluded.body_hash, excluded.experiment_id, excluded.created_at)""").params(key, use.bodyHash(), use.experiment()).update();
    }

    void purge() {
        jdbc.sql("delete from idempotency_key where not " + KEPT).update();
    }
}
