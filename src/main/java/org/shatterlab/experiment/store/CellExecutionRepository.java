package org.shatterlab.experiment.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;

/** The owner of the table {@code cell_execution}: every start of a cell, and what became of the started cells. */
public interface CellExecutionRepository extends Repository<CellEntity, String> {

    /** Records that a worker started cells. */
    default void insert(Collection<CellLease> leases, String worker) {
        insert(
                leases.stream().map(CellLease::fingerprint).toArray(String[]::new),
                leases.stream().map(CellLease::fencingToken).toArray(Long[]::new),
                worker);
    }

    @Modifying
    @NativeQuery("""
            insert into cell_execution (fingerprint, fence, worker)
            select n.fingerprint, n.fence, :worker
            from unnest(cast(:fingerprints as bpchar[]), cast(:fencingTokens as bigint[])) as n (fingerprint, fence)""")
    void insert(String[] fingerprints, Long[] fencingTokens, String worker);

    /** A cell that is being computed, with the experiments that wait for the cell. */
    interface RunningExecution {
        String getWorker();

        String getFingerprint();

        Instant getStartedAt();

        UUID[] getExperiments();
    }

    /** Returns the cells that are being computed, in the order of their starts. */
    @NativeQuery("""
            select x.worker as worker, c.fingerprint as fingerprint, x.started_at as "startedAt",
                   array(select distinct l.experiment_id from experiment_cell l
                         join experiment e on e.id = l.experiment_id
                         where l.fingerprint = c.fingerprint and not l.settled
                           and e.state in ('QUEUED', 'RUNNING', 'CANCELLING') order by 1) as experiments
            from cell c join cell_execution x on (x.fingerprint, x.fence) = (c.fingerprint, c.fence)
            where c.state = 'RUNNING' order by x.started_at, c.fingerprint""")
    List<RunningExecution> findRunning();

    /** The time that a cell took, with the canonical JSON of the cell. */
    interface MeasuredCell {
        String getSpec();

        double getSeconds();
    }

    /** Returns the cells that devices of a class computed last, the latest first. */
    @NativeQuery("""
            select cast(c.spec as text) as spec,
                   cast(extract(epoch from c.finished_at - x.started_at) as double precision) as seconds
            from cell_execution x join cell c on (c.fingerprint, c.fence) = (x.fingerprint, x.fence)
            where c.state = 'DONE' and jsonb_extract_path_text(c.provenance, 'device') = :device
            order by x.id desc limit :limit""")
    List<MeasuredCell> findMeasured(String device, int limit);

    /** The number of cells of an experiment with one provenance. */
    interface ProvenanceRow {
        String getProvenance();

        int getCells();
    }

    /** Returns the provenances of the done cells of an experiment, each with its number of cells. */
    default List<ProvenanceCount> countProvenances(UUID experiment) {
        return findProvenances(experiment).stream()
                .map(row -> new ProvenanceCount(row.getProvenance(), row.getCells()))
                .toList();
    }

    @NativeQuery("""
            select cast(c.provenance as text) as provenance, cast(count(*) as integer) as cells
            from experiment_cell l join cell c using (fingerprint)
            where l.experiment_id = :experiment and c.provenance is not null
            group by cast(c.provenance as text) order by 1""")
    List<ProvenanceRow> findProvenances(UUID experiment);
}
