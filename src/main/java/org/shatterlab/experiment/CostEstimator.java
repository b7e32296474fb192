package org.shatterlab.experiment;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Says what an experiment would cost, storing nothing. */
@Service
public class CostEstimator {

    private final JdbcClient jdbc;
    private final CostProperties properties;

    CostEstimator(JdbcClient jdbc, CostProperties properties) {
        this.jdbc = jdbc;
        this.properties = properties;
    }

    /** A cell that ended, and how long it took. */
    private record Measured(CellCost cost, double seconds) {}

    /**
     * Plans an experiment as {@link Experiments#submit} does, and estimates what is left to be computed.
     *
     * @param spec valid, as {@link SpecReader} returns it
     */
    @Transactional(readOnly = true)
    public CostEstimate estimate(ExperimentSpec spec) {
        CostEstimate atMost = spec.runs() instanceof Runs.Adaptive runs
                ? estimate(spec, CellPlanner.planMost(spec), runs.max(), null)
                : null;
        return estimate(spec, CellPlanner.plan(spec), spec.runs().first(), atMost);
    }

    private CostEstimate estimate(
            ExperimentSpec spec, List<PlannedCell> plan, int runs, @Nullable CostEstimate atMost) {
        UUID nonce = spec.cache() ? null : UUID.randomUUID();
        List<String> fingerprints = plan.stream()
                .map(planned -> CellStore.key(planned.cell(), nonce).fingerprint())
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
                runs,
                cached,
                Math.rint(missing.values().stream()
                        .mapToDouble(CellCost::operations)
                        .sum()),
                missing.values().stream()
                        .mapToDouble(CellCost::memoryBytes)
                        .max()
                        .orElse(0),
                seconds(missing.values()),
                atMost);
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
        double[] each = cells.stream()
                .mapToDouble(cell -> cell.work() / rate + cell.fixedSeconds())
                .toArray();
        double longest = Arrays.stream(each).max().orElseThrow();
        return Math.max(
                longest, Arrays.stream(each).sum() / Runtime.getRuntime().availableProcessors());
    }

    /** Of one core, as the last cells had it; those that are not mostly computation say nothing of it. */
    private double workPerSecond() {
        double assumed = properties.gigaflopsPerCore() * 1e9;
        List<Measured> cells = lastCells().stream()
                .filter(cell -> cell.cost().work() / assumed > cell.cost().fixedSeconds())
                .filter(cell -> cell.seconds() > 2 * cell.cost().fixedSeconds())
                .toList();
        double seconds = cells.stream()
                .mapToDouble(cell -> cell.seconds() - cell.cost().fixedSeconds())
                .sum();
        double work = cells.stream().mapToDouble(cell -> cell.cost().work()).sum();
        return cells.isEmpty() ? assumed : work / seconds;
    }

    private List<Measured> lastCells() {
        return jdbc.sql("""
                        select c.spec::text, extract(epoch from c.finished_at - e.started_at)::double precision
                        from (select * from cell_execution order by id desc limit 200) e
                        join cell c on (c.fingerprint, c.fence) = (e.fingerprint, e.fence)
                        where c.state = 'DONE'""")
                .query((row, _) -> new Measured(CellCost.of(CellJson.read(row.getString(1))), row.getDouble(2)))
                .list();
    }
}
