package org.shatterlab.experiment;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The owner of the table {@code idempotency_key}: the keys of the submissions of the last 24 hours. */
@Repository
class IdempotencyKeys {

    /** An older key is ignored, whether or not the key is purged already. */
    private static final String VALID = "created_at > now() - interval '24 hours'";

    private final JdbcClient jdbc;

    IdempotencyKeys(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A key of an owner. Two owners may use the same text. */
    record Key(@Nullable String owner, String text) {

        /** Returns the owner as the table stores the owner: empty where the service runs without tokens. */
        String column() {
            return owner == null ? "" : owner;
        }
    }

    /** The first use of a key. */
    record Use(String bodyHash, UUID experiment) {}

    Optional<Use> find(Key key) {
        return jdbc.sql("select body_hash, experiment_id from idempotency_key where owner = ? and key = ? and " + VALID)
                .params(key.column(), key.text())
                .query((row, _) -> new Use(row.getString(1), row.getObject(2, UUID.class)))
                .optional();
    }

    /** Reserves a key until the end of the transaction. Returns false where another transaction has reserved the key. */
    boolean reserve(Key key) {
        return jdbc.sql("select pg_try_advisory_xact_lock(hashtextextended('idempotency-key ' || ? || ' ' || ?, 0))")
                .params(key.column(), key.text())
                .query(Boolean.class)
                .single();
    }

    /** Stores the use of a reserved key. */
    void store(Key key, Use use) {
        jdbc.sql("""
                        insert into idempotency_key (owner, key, body_hash, experiment_id) values (?, ?, ?, ?)
                        on conflict (owner, key) do update set (body_hash, experiment_id, created_at)
                            = (excluded.body_hash, excluded.experiment_id, excluded.created_at)""")
                .params(key.column(), key.text(), use.bodyHash(), use.experiment())
                .update();
    }

    void purge() {
        jdbc.sql("delete from idempotency_key where not " + VALID).update();
    }
}
