package org.shatterlab.experiment;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Says what an experiment would cost, storing nothing. */
@Service
public class CostEstimator {

    /** What a cell takes beside its computation: to be claimed and published. */
    private static final double SECONDS_PER_CELL = 0.01;

    private final JdbcClient jdbc;
    private final CostProperties properties;

    CostEstimator(JdbcClient jdbc, CostProperties properties) {
        this.jdbc = jdbc;
        this.properties = properties;
    }

    /** A cell that ended, and how long it took. */
    private record Measured(double work, double seconds) {}

    /**
     * Plans an experiment as {@link Experiments#submit} does, and estimates what is left to be computed.
     *
     * @param spec valid, as {@link SpecReader} returns it
     */
    @Transactional(readOnly = true)
    public CostEstimate estimate(ExperimentSpec spec) {
        List<PlannedCell> plan = CellPlanner.plan(spec);
        UUID nonce = spec.cache() ? null : UUID.randomUUID();
        List<String> fingerprints = plan.stream()
                .map(planned -> Experiments.key(planned.cell(), nonce).fingerprint())
                .toList();
        Set<String> done = done(fingerprints);
        // Two labels may stand for one network, which is computed once.
        Map<String, CellCost> missing = new LinkedHashMap<>();
        int cached = 0;
        for (int i = 0; i < plan.size(); i++) {
            if (done.contains(fingerprints.get(i))) {
                cached++;
            } else {
                missing.put(fingerprints.get(i), CellCost.of(plan.get(i).cell()));
            }
        }
        return new CostEstimate(
                plan.size(),
                spec.runs(),
                cached,
                Math.rint(missing.values().stream()
                        .mapToDouble(CellCost::operations)
                        .sum()),
                missing.values().stream()
                        .mapToDouble(CellCost::memoryBytes)
                        .max()
                        .orElse(0),
                seconds(missing.values()));
    }

    private Set<String> done(Collection<String> fingerprints) {
        return new HashSet<>(jdbc.sql("select fingerprint from cell where state = 'DONE' and fingerprint = any (?)")
                .param(fingerprints.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    /** All cores at work, but no sooner than the longest cell, which has one. */
    private double seconds(Collection<CellCost> cells) {
        if (cells.isEmpty()) {
            return 0;
        }
        double rate = workPerSecond();
        double longest = cells.stream().mapToDouble(CellCost::work).max().orElseThrow() / rate + SECONDS_PER_CELL;
        double total = cells.stream().mapToDouble(CellCost::work).sum() / rate + SECONDS_PER_CELL * cells.size();
        return Math.max(longest, total / Runtime.getRuntime().availableProcessors());
    }

    /** Of one core, as the last cells had it; short ones say more of the queue than of the core. */
    private double workPerSecond() {
        List<Measured> cells = jdbc.sql("""
                        select c.spec::text, extract(epoch from c.finished_at - e.started_at)::double precision
                        from (select * from cell_execution order by id desc limit 200) e
                        join cell c on (c.fingerprint, c.fence) = (e.fingerprint, e.fence)
                        where c.state = 'DONE' and c.finished_at > e.started_at + interval '100 milliseconds'""")
                .query((row, _) -> new Measured(
                        CellCost.of(CellJson.read(row.getString(1))).work(), row.getDouble(2)))
                .list();
        double seconds = cells.stream().mapToDouble(Measured::seconds).sum();
        double work = cells.stream().mapToDouble(Measured::work).sum();
        return work > 0 ? work / seconds : properties.gigaflopsPerCore() * 1e9;
    }
}
