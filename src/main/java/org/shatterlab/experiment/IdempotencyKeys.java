package org.shatterlab.experiment;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The owner of the table {@code idempotency_key}: the keys of the submissions of the last 24 hours. The SQL runs in the
 * persistence context, so an experiment is stored before its key.
 */
@Repository
class IdempotencyKeys {

    /** An older key is ignored, whether or not the key is purged already. */
    private static final String VALID = "created_at > now() - interval '24 hours'";

    private final EntityManager entities;

    IdempotencyKeys(EntityManager entities) {
        this.entities = entities;
    }

    /** A key of an owner. Two owners may use the same text. */
    record IdempotencyKey(@Nullable String owner, String text) {

        /** Returns the owner as the table stores the owner: empty where the service runs without tokens. */
        String column() {
            return owner == null ? "" : owner;
        }
    }

    /** The first use of a key. */
    record Use(String bodyHash, UUID experiment) {}

    Optional<Use> find(IdempotencyKey key) {
        @SuppressWarnings("unchecked")
        List<Tuple> rows = entities.createNativeQuery(
                        "select body_hash, experiment_id from idempotency_key where owner = :owner and key = :key and "
                                + VALID,
                        Tuple.class)
                .setParameter("owner", key.column())
                .setParameter("key", key.text())
                .getResultList();
        return rows.stream()
                .map(row -> new Use(row.get("body_hash", String.class), row.get("experiment_id", UUID.class)))
                .findFirst();
    }

    /**
     * Reserves a key until the end of the transaction. Returns false where another transaction has reserved the key.
     */
    boolean reserve(IdempotencyKey key) {
        return (Boolean) entities.createNativeQuery(
                        "select pg_try_advisory_xact_lock(hashtextextended('idempotency-key ' || :owner || ' ' || :key, 0))",
                        Boolean.class)
                .setParameter("owner", key.column())
                .setParameter("key", key.text())
                .getSingleResult();
    }

    /** Stores the use of a reserved key. */
    void store(IdempotencyKey key, Use use) {
        entities.createNativeQuery("""
                        insert into idempotency_key (owner, key, body_hash, experiment_id)
                        values (:owner, :key, :hash, :experiment)
                        on conflict (owner, key) do update set (body_hash, experiment_id, created_at)
                            = (excluded.body_hash, excluded.experiment_id, excluded.created_at)""")
                .setParameter("owner", key.column())
                .setParameter("key", key.text())
                .setParameter("hash", use.bodyHash())
                .setParameter("experiment", use.experiment())
                .executeUpdate();
    }

    /** Deletes the keys that are no longer valid. */
    @Transactional
    void purge() {
        entities.createNativeQuery("delete from idempotency_key where not (" + VALID + ")")
                .executeUpdate();
    }
}
