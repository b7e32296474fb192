package org.shatterlab.experiment.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.platform.DatabaseClock;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Finds experiments, the newest first, from one place in that order on. */
@Repository
public class ExperimentList {

    /** The columns of {@link #status}. */
    public static final String STATUS = """
            id, state, cells, done, failed, cached, rounds, started_at, finished_at, cost, ended_cost, underway_cost,
            generation, mark, mark_cost, next_mark, next_mark_cost, last_end""";

    private final JdbcClient jdbc;
    private final DatabaseClock clock;

    ExperimentList(JdbcClient jdbc, DatabaseClock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * Which experiments; null selects all.
     *
     * @param states any of these; empty selects all
     * @param name part of the name, in whatever case
     * @param owner the whole of it
     */
    public record Filter(
            Set<ExperimentState> states,
            @Nullable String name,
            @Nullable String preset,
            @Nullable String owner,
            @Nullable Instant createdAfter) {

        /** Whether it selects no less than all. */
        public boolean isEmpty() {
            return states.isEmpty() && name == null && preset == null && owner == null && createdAfter == null;
        }

        /** The same among those in any of these states. */
        public Filter in(Set<ExperimentState> states) {
            return new Filter(states, name, preset, owner, createdAfter);
        }

        /** The clause that selects them, whose parameters it adds. */
        private String where(List<Object> parameters) {
            StringBuilder sql = new StringBuilder(" where true");
            if (!states.isEmpty()) {
                sql.append(" and state = any (?)");
                parameters.add(states.stream().map(ExperimentState::name).toArray(String[]::new));
            }
            if (name != null) {
                sql.append(" and position(lower(?) in lower(name)) > 0");
                parameters.add(name);
            }
            if (preset != null) {
                sql.append(" and preset = ?");
                parameters.add(preset);
            }
            if (owner != null) {
                sql.append(" and owner = ?");
                parameters.add(owner);
            }
            if (createdAfter != null) {
                sql.append(" and created_at > ?");
                parameters.add(createdAfter.atOffset(ZoneOffset.UTC));
            }
            return sql.toString();
        }
    }

    /** An experiment's place in the order, which never changes: those that come later stand before all pages that were read. */
    public record Place(Instant createdAt, UUID id) {}

    /** The experiments after a place, or from the newest on. */
    @Transactional(readOnly = true)
    public List<ExperimentSummary> find(Filter filter, @Nullable Place after, int limit) {
        List<Object> parameters = new ArrayList<>();
        StringBuilder sql =
                new StringBuilder("select " + STATUS + ", name, preset, owner, created_at, failure from experiment");
        sql.append(filter.where(parameters));
        if (after != null) {
            sql.append(" and (created_at, id) < (?, ?)");
            parameters.add(after.createdAt().atOffset(ZoneOffset.UTC));
            parameters.add(after.id());
        }
        sql.append(" order by created_at desc, id desc limit ?");
        parameters.add(limit);
        Instant now = clock.now();
        return jdbc.sql(sql.toString())
                .params(parameters)
                .query((row, _) -> summary(row, now))
                .list();
    }

    /** One of them as it is now, with its specification. */
    public Optional<Experiment> find(UUID id, ExperimentSpec spec) {
        Instant now = clock.now();
        return jdbc.sql("select " + STATUS + ", owner, created_at, failure from experiment where id = ?")
                .param(id)
                .query((row, _) -> experiment(row, spec, now))
                .optional();
    }

    private static Experiment experiment(ResultSet row, ExperimentSpec spec, Instant now) throws SQLException {
        ExperimentStatus status = status(row, now);
        return new Experiment(
                status.id(),
                row.getString("owner"),
                status.state(),
                status.progress(),
                spec,
                status.version().rounds(),
                Objects.requireNonNull(JdbcInstants.instant(row, "created_at")),
                status.version().startedAt(),
                status.version().finishedAt(),
                row.getString("failure"));
    }

    /** All of them, in no order. */
    public List<UUID> findIds(Filter filter) {
        List<Object> parameters = new ArrayList<>();
        return jdbc.sql("select id from experiment" + filter.where(parameters))
                .params(parameters)
                .query((row, _) -> row.getObject(1, UUID.class))
                .list();
    }

    private static ExperimentSummary summary(ResultSet row, Instant now) throws SQLException {
        ExperimentStatus status = status(row, now);
        return new ExperimentSummary(
                status.id(),
                row.getString("name"),
                row.getString("preset"),
                row.getString("owner"),
                status.state(),
                status.progress(),
                Objects.requireNonNull(JdbcInstants.instant(row, "created_at")),
                status.version().startedAt(),
                status.version().finishedAt(),
                row.getString("failure"));
    }

    public static ExperimentStatus status(ResultSet row, Instant now) throws SQLException {
        ExperimentState state = ExperimentState.valueOf(row.getString("state"));
        Progress.Counts counts = new Progress.Counts(
                row.getInt("cells"), row.getInt("done"), row.getInt("failed"), row.getInt("cached"));
        return new ExperimentStatus(
                row.getObject("id", UUID.class),
                state,
                Progress.of(counts, state == ExperimentState.RUNNING ? pace(row) : null, now),
                new ExperimentVersion(
                        state,
                        counts.done(),
                        counts.failed(),
                        row.getObject("rounds", Integer.class),
                        JdbcInstants.instant(row, "started_at"),
                        JdbcInstants.instant(row, "finished_at")));
    }

    private static ProgressEstimator pace(ResultSet row) throws SQLException {
        return new ProgressEstimator(
                row.getDouble("cost"),
                row.getDouble("ended_cost"),
                row.getDouble("underway_cost"),
                row.getInt("generation"),
                JdbcInstants.instant(row, "mark"),
                row.getDouble("mark_cost"),
                JdbcInstants.instant(row, "next_mark"),
                row.getDouble("next_mark_cost"),
                JdbcInstants.instant(row, "last_end"));
    }
}
