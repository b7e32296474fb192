package org.shatterlab.experiment.store;

import jakarta.persistence.LockModeType;
import jakarta.persistence.QueryHint;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.jpa.repository.QueryHints;

public interface CellRepository extends JpaRepository<CellEntity, String> {

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select c from CellEntity c where c.fingerprint = :fingerprint")
    Optional<CellEntity> lock(String fingerprint);

    /** In one order for all, so that two submissions that share cells wait for each other instead of deadlocking. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select c from CellEntity c where c.fingerprint in :fingerprints order by c.fingerprint")
    List<CellEntity> lockAll(Collection<String> fingerprints);

    /** Those that nobody else has locked (lock timeout -2: SKIP LOCKED). */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @QueryHints(@QueryHint(name = "jakarta.persistence.lock.timeout", value = "-2"))
    @Query("select c from CellEntity c where c.fingerprint in :fingerprints")
    List<CellEntity> lockFree(Collection<String> fingerprints);
}
