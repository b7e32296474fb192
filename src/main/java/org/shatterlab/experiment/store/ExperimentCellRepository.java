package org.shatterlab.experiment.store;

import jakarta.persistence.QueryHint;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.jpa.repository.QueryHints;
import org.springframework.data.repository.Repository;

/** The owner of the table {@code experiment_cell}, together with {@link CellSettlement}. */
public interface ExperimentCellRepository
        extends Repository<ExperimentCellEntity, ExperimentCellEntity.ExperimentCellId> {

    /** From this many new rows on the statistics of the query planner are refreshed. */
    int MANY = 1000;

    /** Stores the links of an experiment to cells that are stored. */
    default void insert(UUID experiment, Collection<CellLink> links) {
        insert(
                experiment,
                links.stream().map(CellLink::ordinal).toArray(Integer[]::new),
                links.stream().map(CellLink::network).toArray(Integer[]::new),
                links.stream().map(CellLink::fingerprint).toArray(String[]::new),
                links.stream().map(CellLink::settled).toArray(Boolean[]::new));
        if (links.size() >= MANY && links.size() > estimatedCount()) {
            // PostgreSQL counts its rows once a minute. Until then it would scan the whole table for each link.
            analyze();
        }
    }

    @Modifying
    @NativeQuery("""
            insert into experiment_cell (experiment_id, ordinal, network, fingerprint, settled)
            select :experiment, n.* from unnest(
                cast(:ordinals as integer[]), cast(:networks as integer[]), cast(:fingerprints as bpchar[]),
                cast(:settled as boolean[])) n""")
    void insert(UUID experiment, Integer[] ordinals, Integer[] networks, String[] fingerprints, Boolean[] settled);

    /** Returns the number of links when PostgreSQL counted them last; negative where it has never counted them. */
    @QueryHints(@QueryHint(name = "org.hibernate.flushMode", value = "COMMIT"))
    @NativeQuery("select cast(reltuples as bigint) from pg_class where oid = cast('experiment_cell' as regclass)")
    long estimatedCount();

    @Modifying
    @NativeQuery("analyze cell, experiment_cell")
    void analyze();

    /** Counts the cells before an ordinal that have not ended. */
    @Query("""
            select count(*) from ExperimentCellEntity l
            where l.key.experiment = :experiment and l.settled = false and l.key.ordinal < :before""")
    int countOpen(UUID experiment, int before);

    /** Returns the next cells from an ordinal on that have not ended, in their order. */
    default List<CellLink> findOpen(UUID experiment, int from, int limit) {
        return findOpen(experiment, from, Limit.of(limit)).stream()
                .map(ExperimentCellEntity::link)
                .toList();
    }

    @Query("""
            select l from ExperimentCellEntity l
            where l.key.experiment = :experiment and l.settled = false and l.key.ordinal >= :from
            order by l.key.ordinal""")
    List<ExperimentCellEntity> findOpen(UUID experiment, int from, Limit limit);

    /** Settles the links of an experiment to done cells, and opens the links to other cells. */
    @Modifying
    @NativeQuery("""
            update experiment_cell l set settled = (c.state = 'DONE') from cell c
            where c.fingerprint = l.fingerprint and l.experiment_id = :experiment
              and l.settled <> (c.state = 'DONE')""")
    void settleDone(UUID experiment);

    /** Adds up the settled cells of an experiment. */
    @Query("""
            select new org.shatterlab.experiment.store.CellTotals(
                cast(count(*) as integer), coalesce(sum(c.cost), 0.0))
            from ExperimentCellEntity l join CellEntity c on c.fingerprint = l.fingerprint
            where l.key.experiment = :experiment and l.settled = true""")
    CellTotals sumSettled(UUID experiment);

    /** Returns the numbers of the networks of an experiment that have fewer cells than given. */
    @Query("""
            select cast(l.network as integer) from ExperimentCellEntity l where l.key.experiment = :experiment
            group by l.network having count(*) < :cells""")
    Set<Integer> findNetworksBelow(UUID experiment, int cells);
}
