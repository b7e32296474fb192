package org.shatterlab.experiment;

import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

interface ExperimentRepository extends JpaRepository<ExperimentEntity, UUID> {

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select e from ExperimentEntity e where e.id = :id")
    Optional<ExperimentEntity> lock(UUID id);

    /** In the order in which they are locked. */
    @Query("select e.id from ExperimentEntity e where e.state in (QUEUED, RUNNING) order by e.id")
    List<UUID> findLive();

    /** Those that {@link ExperimentEntity#isRoundOver()}. */
    @Query("""
            select e.id from ExperimentEntity e
            where e.state in (QUEUED, RUNNING) and e.rounds is not null and e.done = e.cells""")
    List<UUID> findRoundOver();

    @Query("select e.id from ExperimentEntity e where e.state = CANCELLING order by e.id")
    List<UUID> findCancelling();
}
