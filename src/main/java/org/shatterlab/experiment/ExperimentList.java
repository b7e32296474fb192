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
        StringBuilder sql = new StringBuilder("""
                select id, name, preset, state, cells, done, failed, cached, head_start,
                       created_at, started_at, finished_at, failure
                from experiment where true""");
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
        ExperimentState state = ExperimentState.valueOf(row.getString(4));
        Instant startedAt = Rows.instant(row, 11);
        Progress.Counts counts =
                new Progress.Counts(row.getInt(5), row.getInt(6), row.getInt(7), row.getInt(8), row.getInt(9));
        return new ExperimentSummary(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getString(3),
                state,
                Progress.of(counts, state == ExperimentState.RUNNING ? startedAt : null, now),
                Objects.requireNonNull(Rows.instant(row, 10)),
                startedAt,
                Rows.instant(row, 12),
                row.getString(13));
    }
}
