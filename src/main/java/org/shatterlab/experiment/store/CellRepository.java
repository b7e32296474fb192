package org.shatterlab.experiment.store;

import jakarta.persistence.LockModeType;
import jakarta.persistence.QueryHint;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.jpa.repository.QueryHints;

/**
 * The owner of the table {@code cell}. Cells change one by one as entities, and in bulk by SQL.
 *
 * <p>The SQL runs in the same persistence context as the entities, so Hibernate writes pending changes before each
 * statement. No caller needs a flush. No statement changes a cell that the transaction has loaded as an entity.
 */
public interface CellRepository extends JpaRepository<CellEntity, String> {

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select c from CellEntity c where c.fingerprint = :fingerprint")
    Optional<CellEntity> lock(String fingerprint);

    /** Locks cells in the order of their fingerprints, so that two submissions that share cells do not deadlock. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select c from CellEntity c where c.fingerprint in :fingerprints order by c.fingerprint")
    List<CellEntity> lockAll(Collection<String> fingerprints);

    /** Locks the cells that no other transaction has locked. The lock timeout -2 stands for {@code skip locked}. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @QueryHints(@QueryHint(name = "jakarta.persistence.lock.timeout", value = "-2"))
    @Query("select c from CellEntity c where c.fingerprint in :fingerprints")
    List<CellEntity> lockFree(Collection<String> fingerprints);

    /** Locks every cell of an experiment, and returns the fingerprints. */
    @NativeQuery("""
            select fingerprint from cell
            where fingerprint in (select fingerprint from experiment_cell where experiment_id = :experiment)
            order by fingerprint for no key update""")
    List<String> lockAllOf(UUID experiment);

    /** Returns which of the cells are done. */
    @NativeQuery(
            "select fingerprint from cell where state = 'DONE' and fingerprint = any (cast(:fingerprints as bpchar[]))")
    Set<String> findDone(String[] fingerprints);

    /**
     * Stores the cells that are missing, and locks all of the cells. An update that never applies locks the rows that
     * it would update, so that no other transaction can delete a cell in between. The arrays have one element for each
     * cell, sorted by fingerprint, so that two submissions that share cells do not deadlock.
     */
    @Modifying
    @NativeQuery("""
            insert into cell (fingerprint, subject, spec, cost, state)
            select n.fingerprint, n.subject, cast(n.spec as jsonb), n.cost, 'PLANNED'
            from unnest(cast(:fingerprints as bpchar[]), cast(:subjects as bpchar[]), cast(:specs as text[]),
                        cast(:costs as double precision[])) with ordinality as n (fingerprint, subject, spec, cost, number)
            order by n.number
            on conflict (fingerprint) do update set state = excluded.state where false""")
    void insertMissing(String[] fingerprints, String[] subjects, String[] specs, Double[] costs);

    /** Lets the failed ones of the given cells be computed again. */
    @Modifying
    @NativeQuery("""
            update cell set state = 'PLANNED', failure = null, finished_at = null
            where state = 'FAILED' and fingerprint = any (cast(:fingerprints as bpchar[]))""")
    void planFailed(String[] fingerprints);

    /** Lets the failed cells of an experiment be computed again. */
    @Modifying
    @NativeQuery("""
            update cell set state = 'PLANNED', failure = null, finished_at = null
            where state = 'FAILED'
              and fingerprint in (select fingerprint from experiment_cell where experiment_id = :experiment)""")
    void planFailed(UUID experiment);

    /**
     * Deletes the given cells that belong to no experiment, with all results of the cells. The caller has locked the
     * cells.
     *
     * @return the subjects of the deleted cells
     */
    @NativeQuery("""
            delete from cell c where c.fingerprint = any (cast(:fingerprints as bpchar[])) and c.state <> 'RUNNING'
              and not exists (select from experiment_cell l where l.fingerprint = c.fingerprint)
            returning c.subject""")
    Set<String> deleteUnshared(String[] fingerprints);
}
