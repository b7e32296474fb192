package org.shatterlab.experiment;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The keys that came with submissions of the last 24 hours, each its owner's. */
@Repository
class IdempotencyKeys {

    /** A key that is older is as good as gone, purged or not. */
    private static final String KEPT = "created_at > now() - interval '24 hours'";

    private final JdbcClient jdbc;

    IdempotencyKeys(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A key of someone's. */
    record Key(@Nullable String owner, String text) {

        /** Empty for whoever has no token. */
        String column() {
            return owner == null ? "" : owner;
        }
    }

    /** What a key was first used for. */
    record Use(String bodyHash, UUID experiment) {}

    Optional<Use> find(Key key) {
        return jdbc.sql("select body_hash, experiment_id from idempotency_key where owner = ? and key = ? and " + KEPT)
                .params(key.column(), key.text())
                .query((row, _) -> new Use(row.getString(1), row.getObject(2, UUID.class)))
                .optional();
    }

    /** Reserves a key until the end of the transaction; false where another transaction has it. */
    boolean reserve(Key key) {
        return jdbc.sql("select pg_try_advisory_xact_lock(hashtextextended('idempotency-key ' || ? || ' ' || ?, 0))")
                .params(key.column(), key.text())
                .query(Boolean.class)
                .single();
    }

    /** Keeps the use of a key that is reserved. */
    void keep(Key key, Use use) {
        jdbc.sql("""
                        insert into idempotency_key (owner, key, body_hash, experiment_id) values (?, ?, ?, ?)
                        on conflict (owner, key) do update set (body_hash, experiment_id, created_at)
                            = (excluded.body_hash, excluded.experiment_id, excluded.created_at)""")
                .params(key.column(), key.text(), use.bodyHash(), use.experiment())
                .update();
    }

    void purge() {
        jdbc.sql("delete from idempotency_key where not " + KEPT).update();
    }
}
