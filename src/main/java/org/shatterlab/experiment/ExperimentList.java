package org.shatterlab.experiment;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Finds experiments, the newest first, from one place in that order on. */
@Repository
public class ExperimentList {

    /** The columns of {@link #status}. */
    static final String STATUS = """
            id, state, cells, done, failed, cached, rounds, started_at, finished_at, cost, ended_cost, generation, mark,
            mark_cost, next_mark, next_mark_cost, last_end""";

    private final JdbcClient jdbc;

    ExperimentList(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Which experiments; null selects all.
     *
     * @param states any of these; empty selects all
     * @param name part of the name, in whatever case
     */
    public record Filter(
            Set<ExperimentState> states,
            @Nullable String name,
            @Nullable String preset,
            @Nullable Instant createdAfter) {}

    /** An experiment's place in the order, which never changes: those that come later stand before all pages that were read. */
    public record Place(Instant createdAt, UUID id) {}

    /** The experiments after a place, or from the newest on. */
    @Transactional(readOnly = true)
    public List<ExperimentSummary> find(Filter filter, @Nullable Place after, int limit) {
        List<Object> parameters = new ArrayList<>();
        StringBuilder sql = new StringBuilder(
                "select " + STATUS + ", name, preset, created_at, failure from experiment where true");
        if (!filter.states().isEmpty()) {
            sql.append(" and state = any (?)");
            parameters.add(filter.states().stream().map(ExperimentState::name).toArray(String[]::new));
        }
        if (filter.name() != null) {
            sql.append(" and position(lower(?) in lower(name)) > 0");
            parameters.add(filter.name());
        }
        if (filter.preset() != null) {
            sql.append(" and preset = ?");
            parameters.add(filter.preset());
        }
        if (filter.createdAfter() != null) {
            sql.append(" and created_at > ?");
            parameters.add(filter.createdAfter().atOffset(ZoneOffset.UTC));
        }
        if (after != null) {
            sql.append(" and (created_at, id) < (?, ?)");
            parameters.add(after.createdAt().atOffset(ZoneOffset.UTC));
            parameters.add(after.id());
        }
        sql.append(" order by created_at desc, id desc limit ?");
        parameters.add(limit);
        Instant now = Instant.now();
        return jdbc.sql(sql.toString())
                .params(parameters)
                .query((row, _) -> summary(row, now))
                .list();
    }

    private static ExperimentSummary summary(ResultSet row, Instant now) throws SQLException {
        ExperimentStatus status = status(row, now);
        return new ExperimentSummary(
                status.id(),
                row.getString("name"),
                row.getString("preset"),
                status.state(),
                status.progress(),
                Objects.requireNonNull(Rows.instant(row, "created_at")),
                status.version().startedAt(),
                status.version().finishedAt(),
                row.getString("failure"));
    }

    static ExperimentStatus status(ResultSet row, Instant now) throws SQLException {
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
                        Rows.instant(row, "started_at"),
                        Rows.instant(row, "finished_at")));
    }

    private static Pace pace(ResultSet row) throws SQLException {
        return new Pace(
                row.getDouble("cost"),
                row.getDouble("ended_cost"),
                row.getInt("generation"),
                Rows.instant(row, "mark"),
                row.getDouble("mark_cost"),
                Rows.instant(row, "next_mark"),
                row.getDouble("next_mark_cost"),
                Rows.instant(row, "last_end"));
    }
}
