package org.shatterlab.experiment.store;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;

public interface ExperimentRepository extends JpaRepository<ExperimentEntity, UUID> {

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select e from ExperimentEntity e where e.id = :id")
    Optional<ExperimentEntity> lock(UUID id);

    /** Those that there are, in the one order for all. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select e from ExperimentEntity e where e.id in :ids order by e.id")
    List<ExperimentEntity> lockAll(Collection<UUID> ids);

    /** The first that ended before an instant, except where a cell of theirs is computed again, for another. */
    @NativeQuery("""
            select e.id from experiment e
            where e.state in ('SUCCEEDED', 'FAILED', 'CANCELLED') and e.finished_at < :instant
              and not exists (select from cell c join experiment_cell l using (fingerprint)
                              where c.state = 'RUNNING' and l.experiment_id = e.id)
            order by e.finished_at limit :most""")
    List<UUID> findEndedBefore(Instant instant, int most);

    /** Those that {@link ExperimentEntity#isRoundOver()}. */
    @Query("""
            select e.id from ExperimentEntity e
            where e.state in (QUEUED, RUNNING) and e.rounds is not null and e.done = e.cells""")
    List<UUID> findRoundOver();

    @Query("select e.id from ExperimentEntity e where e.state = CANCELLING order by e.id")
    List<UUID> findCancelling();
}
