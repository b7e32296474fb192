package org.shatterlab.experiment.store;

import jakarta.persistence.LockModeType;
import jakarta.persistence.QueryHint;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.jpa.repository.QueryHints;

/** The owner of the table {@code experiment}, together with {@link ExperimentQueries}. */
public interface ExperimentRepository extends JpaRepository<ExperimentEntity, UUID> {

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select e from ExperimentEntity e where e.id = :id")
    Optional<ExperimentEntity> lock(UUID id);

    /** Locks the experiments that exist, in the order of their ids. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select e from ExperimentEntity e where e.id in :ids order by e.id")
    List<ExperimentEntity> lockAll(Collection<UUID> ids);

    /** Returns the stored JSON of an experiment's specification. */
    @Query("select e.spec from ExperimentEntity e where e.id = :id")
    Optional<String> findSpec(UUID id);

    /**
     * Returns the label of a network. Only this label is read, because a specification may be large. Pending changes of the
     * experiment cannot change a label, and are not written first.
     */
    @QueryHints(@QueryHint(name = "org.hibernate.flushMode", value = "COMMIT"))
    @NativeQuery("""
            select jsonb_extract_path_text(e.spec, 'networks', cast(:network as text), 'label')
            from experiment e where e.id = :id""")
    String findLabel(UUID id, int network);

    /** Returns the experiments that have a cell and are in a state, in the order of their ids. */
    @Query("""
            select distinct e.id from ExperimentCellEntity l join ExperimentEntity e on e.id = l.key.experiment
            where l.fingerprint = :fingerprint and e.state = :state order by e.id""")
    List<UUID> findWithCell(String fingerprint, ExperimentState state);

    /** Returns the live experiments that have a cell to schedule and room in their window. */
    @NativeQuery("""
            select e.id from experiment e
            where e.state in ('QUEUED', 'RUNNING') and e.next_ordinal < e.cells
              and exists (select from experiment_cell l where l.experiment_id = e.id and not l.settled
                            and l.ordinal >= e.next_ordinal)
              and (select count(*) from experiment_cell l where l.experiment_id = e.id and not l.settled
                     and l.ordinal < e.next_ordinal) < :window
            order by e.id""")
    List<UUID> findRefillable(int window);

    /**
     * Returns the open cells by owner. The owner is empty where the service runs without tokens. Pending changes are not
     * written first: a caller that is about to admit cells adds its own cells to the answer.
     */
    @QueryHints(@QueryHint(name = "org.hibernate.flushMode", value = "COMMIT"))
    @Query("""
            select new org.shatterlab.experiment.store.OwnerTotal(
                coalesce(e.owner, ''), sum(e.cells - e.done - e.failed))
            from ExperimentEntity e where e.state in (QUEUED, RUNNING) group by coalesce(e.owner, '')""")
    List<OwnerTotal> countOpenCells();

    /** Returns the estimated bytes of all experiments by owner, under the conditions of {@link #countOpenCells}. */
    @QueryHints(@QueryHint(name = "org.hibernate.flushMode", value = "COMMIT"))
    @Query("""
            select new org.shatterlab.experiment.store.OwnerTotal(coalesce(e.owner, ''), sum(e.storedBytes))
            from ExperimentEntity e group by coalesce(e.owner, '')""")
    List<OwnerTotal> sumStoredBytes();

    /** Returns the experiments that ended first before an instant. An experiment with a running cell is left out. */
    @NativeQuery("""
            select e.id from experiment e
            where e.state in ('SUCCEEDED', 'FAILED', 'CANCELLED') and e.finished_at < :instant
              and not exists (select from cell c join experiment_cell l using (fingerprint)
                              where c.state = 'RUNNING' and l.experiment_id = e.id)
            order by e.finished_at limit :limit""")
    List<UUID> findEndedBefore(Instant instant, int limit);

    /** Returns the adaptive experiments whose round is over, as {@link ExperimentEntity#isRoundOver()} defines. */
    @Query("""
            select e.id from ExperimentEntity e
            where e.state in (QUEUED, RUNNING) and e.rounds is not null and e.done = e.cells""")
    List<UUID> findRoundOver();

    @Query("select e.id from ExperimentEntity e where e.state = CANCELLING order by e.id")
    List<UUID> findCancelling();
}
