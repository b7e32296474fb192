package org.shatterlab.experiment.store;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Repository;

/** Marks cells as ended in every experiment that has the cells. */
@Repository
public class CellSettlement {

    /**
     * Marks the links, and measures what runs beside them. The spent cost of a running cell is its time so far, at the
     * rate of the cells that ended. On a GPU the spent cost is zero, because cells there wait for each other. Costs and
     * starts are scalar subqueries: with joins PostgreSQL would scan all cells.
     */
    private static final String SETTLE =
            """
            with settled as (
                update experiment_cell set settled = true
                where fingerprint = any (cast(:fingerprints as bpchar[])) and not settled
                returning experiment_id, fingerprint, network),
            ended as (
                select s.experiment_id, s.fingerprint, count(*) cells, min(s.network) network,
                       count(*) * (select c.cost from cell c where c.fingerprint = s.fingerprint) cost,
                       (select %1$s from cell_execution x
                        where x.fingerprint = s.fingerprint order by x.fence desc limit 1) seconds
                from settled s group by s.experiment_id, s.fingerprint),
            pace as (
                select n.experiment_id, case e.device when 'CPU' then sum(n.cost) / nullif(max(n.seconds), 0) end rate
                from ended n join experiment e on e.id = n.experiment_id group by n.experiment_id, e.device),
            running as materialized (
                select r.fingerprint, r.cost, %1$s seconds
                from cell r join cell_execution x using (fingerprint, fence)
                where r.state = 'RUNNING' and r.fingerprint <> all (cast(:fingerprints as bpchar[]))),
            underway as (
                select l.experiment_id, count(*) cells,
                       sum(least(r.cost, coalesce(p.rate * r.seconds, 0))) cost
                from running r
                  cross join lateral (
                    select o.experiment_id from experiment_cell o
                    where o.fingerprint = r.fingerprint and not o.settled offset 0) l
                  join pace p using (experiment_id)
                group by l.experiment_id)
            select n.experiment_id, n.fingerprint, n.cells, n.network, n.cost,
                   coalesce(u.cells, 0) running_cells, coalesce(u.cost, 0) running_cost
            from ended n left join underway u using (experiment_id)
            order by n.experiment_id, n.fingerprint""".formatted("cast(extract(epoch from clock_timestamp() - x.started_at) as double precision)");

    private final EntityManager entities;

    CellSettlement(EntityManager entities) {
        this.entities = entities;
    }

    /**
     * Marks cells as ended.
     *
     * @return one entry for each experiment and cell, in the order of experiments and fingerprints
     */
    public List<SettledCells> settle(Collection<String> fingerprints) {
        @SuppressWarnings("unchecked")
        List<Tuple> rows = entities.createNativeQuery(SETTLE, Tuple.class)
                .setParameter("fingerprints", fingerprints.toArray(String[]::new))
                .getResultList();
        return rows.stream()
                .map(row -> new SettledCells(
                        row.get("experiment_id", UUID.class),
                        row.get("fingerprint", String.class),
                        row.get("cells", Number.class).intValue(),
                        row.get("network", Number.class).intValue(),
                        row.get("cost", Number.class).doubleValue(),
                        new CellTotals(
                                row.get("running_cells", Number.class).intValue(),
                                row.get("running_cost", Number.class).doubleValue())))
                .toList();
    }
}
