package org.shatterlab.experiment.store;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;

/** Finds the cells that live experiments want. A live experiment wants each of its cells until the cell has ended. */
public interface WantedCells extends Repository<CellEntity, String> {

    /** A condition that a cell {@code c} is wanted. The offset keeps PostgreSQL from joining all cells that have not ended. */
    String WANTED = """
            exists (select from experiment_cell o join experiment e on e.id = o.experiment_id
                    where o.fingerprint = c.fingerprint and not o.settled and e.state in ('QUEUED', 'RUNNING') offset 0)""";

    /** Returns whether a live experiment wants a cell, whose row the caller has locked. */
    @NativeQuery("select " + WANTED + " from cell c where c.fingerprint = cast(:fingerprint as bpchar)")
    boolean isWanted(String fingerprint);

    /** Returns which of the cells a live experiment wants. */
    @NativeQuery("select c.fingerprint from cell c where c.fingerprint = any (cast(:fingerprints as bpchar[])) and "
            + WANTED)
    Set<String> findWanted(String[] fingerprints);

    /** Returns which of the leases still hold a cell that a live experiment wants. */
    default Set<CellLease> findHeld(Collection<CellLease> leases) {
        List<CellLease> all = List.copyOf(leases);
        return findHeld(
                        all.stream().map(CellLease::fingerprint).toArray(String[]::new),
                        all.stream().map(CellLease::fencingToken).toArray(Long[]::new))
                .stream()
                .map(number -> all.get(number.intValue() - 1))
                .collect(Collectors.toSet());
    }

    /** Returns the places, from 1, of the pairs that still hold a wanted cell. */
    @NativeQuery("""
            select held.number
            from unnest(cast(:fingerprints as bpchar[]), cast(:fencingTokens as bigint[]))
              with ordinality as held (fingerprint, fence, number)
            join cell c on (c.fingerprint, c.fence) = (held.fingerprint, held.fence)
            where c.state = 'RUNNING' and
            """ + WANTED)
    List<Long> findHeld(String[] fingerprints, Long[] fencingTokens);

    /** Returns which of the experiments have a cell in the queue or running that no live experiment wants. */
    @NativeQuery("""
            select distinct l.experiment_id from experiment_cell l join cell c using (fingerprint)
            where l.experiment_id = any (cast(:experiments as uuid[])) and not l.settled
              and c.state in ('QUEUED', 'RUNNING') and not
            """ + WANTED)
    Set<UUID> findUnwantedOpen(UUID[] experiments);

    /**
     * Takes the queued cells of experiments back that no live experiment wants. Two statements, so that the second sees
     * an experiment that began to want a cell while the first waited for the lock of the cell.
     *
     * @return the names of the cells in the queue
     */
    default List<String> unscheduleUnwanted(Collection<UUID> experiments) {
        return unscheduleUnwanted(lockQueued(experiments.toArray(UUID[]::new)).toArray(String[]::new));
    }

    @NativeQuery("""
            select c.fingerprint from cell c
            where c.state = 'QUEUED' and c.fingerprint in (
                select l.fingerprint from experiment_cell l
                where l.experiment_id = any (cast(:experiments as uuid[])) and not l.settled)
            order by c.fingerprint for no key update""")
    List<String> lockQueued(UUID[] experiments);

    @NativeQuery("""
            update cell c set state = 'PLANNED'
            where c.fingerprint = any (cast(:fingerprints as bpchar[])) and not
            """ + WANTED + " returning c.fingerprint || '/' || c.schedulings")
    List<String> unscheduleUnwanted(String[] fingerprints);
}
