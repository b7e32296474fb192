package org.shatterlab.experiment.store;

import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.platform.DatabaseClock;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Reads experiments without locking them: one, many, or a page of the list. */
@Repository
public class ExperimentQueries {

    private final EntityManager entities;
    private final DatabaseClock clock;

    ExperimentQueries(EntityManager entities, DatabaseClock clock) {
        this.entities = entities;
        this.clock = clock;
    }

    /** The place of an experiment in the list. The place never changes, and new experiments stand before all others. */
    public record ListPosition(Instant createdAt, UUID id) {}

    /** The conditions of a query with their parameters. */
    private static final class Conditions {

        private final StringBuilder jpql = new StringBuilder(" where true");
        private final Map<String, Object> parameters = new HashMap<>();

        private Conditions(ExperimentFilter filter) {
            if (!filter.states().isEmpty()) {
                add("e.state in :states", Map.of("states", filter.states()));
            }
            if (filter.name() != null) {
                add("locate(lower(:name), lower(e.name)) > 0", Map.of("name", filter.name()));
            }
            if (filter.preset() != null) {
                add("e.preset = :preset", Map.of("preset", filter.preset()));
            }
            if (filter.owner() != null) {
                add("e.owner = :owner", Map.of("owner", filter.owner()));
            }
            if (filter.createdAfter() != null) {
                add("e.createdAt > :createdAfter", Map.of("createdAfter", filter.createdAfter()));
            }
        }

        private void add(String condition, Map<String, Object> values) {
            jpql.append(" and ").append(condition);
            parameters.putAll(values);
        }

        private <T> TypedQuery<T> query(EntityManager entities, String select, String order, Class<T> type) {
            TypedQuery<T> query = entities.createQuery(select + jpql + order, type);
            parameters.forEach(query::setParameter);
            return query;
        }
    }

    /**
     * Returns a page of the list, newest first.
     *
     * @param after the place of the last experiment of the page before; null for the first page
     */
    @Transactional(readOnly = true)
    public List<ExperimentSummary> find(ExperimentFilter filter, @Nullable ListPosition after, int limit) {
        Conditions conditions = new Conditions(filter);
        if (after != null) {
            conditions.add(
                    "(e.createdAt, e.id) < (:afterCreatedAt, :afterId)",
                    Map.of("afterCreatedAt", after.createdAt(), "afterId", after.id()));
        }
        Instant now = clock.now();
        return conditions
                .query(entities, ExperimentRow.SELECT, " order by e.createdAt desc, e.id desc", ExperimentRow.class)
                .setMaxResults(limit)
                .getResultStream()
                .map(row -> row.summary(now))
                .toList();
    }

    /** Returns the ids of all experiments that a filter selects, in no order. */
    @Transactional(readOnly = true)
    public List<UUID> findIds(ExperimentFilter filter) {
        return new Conditions(filter)
                .query(entities, "select e.id from ExperimentEntity e", "", UUID.class)
                .getResultList();
    }

    /** Returns an experiment whose specification has been read before. */
    @Transactional(readOnly = true)
    public Optional<Experiment> find(UUID id, ExperimentSpec spec) {
        Instant now = clock.now();
        return rows(List.of(id)).stream().findFirst().map(row -> row.experiment(spec, now));
    }

    /** Returns the states of experiments. An experiment that does not exist is left out. */
    @Transactional(readOnly = true)
    public List<ExperimentStatus> findStatuses(Collection<UUID> ids) {
        Instant now = clock.now();
        return rows(ids).stream().map(row -> row.status(now)).toList();
    }

    private List<ExperimentRow> rows(Collection<UUID> ids) {
        return entities.createQuery(ExperimentRow.SELECT + " where e.id in :ids", ExperimentRow.class)
                .setParameter("ids", ids)
                .getResultList();
    }
}
