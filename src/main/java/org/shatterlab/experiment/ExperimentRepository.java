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

    @Query("select e.id from ExperimentEntity e where e.state in (QUEUED, RUNNING) order by e.createdAt, e.id")
    List<UUID> findUnfinished();
}
