package org.shatterlab.experiment.queue;

import com.github.kagkarlsson.scheduler.serializer.Serializer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import org.shatterlab.lab.engine.DeviceClass;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The entries of the queue that leave the queue without a worker of db-scheduler. The owner of the table is
 * db-scheduler, whose interface has no such operations.
 */
@Repository
class QueuedCells {

    /** The data of a small cell's entry, as {@link CellQueue} and db-scheduler store the data. */
    private static final byte[] SMALL = Serializer.DEFAULT_JAVA_SERIALIZER.serialize(true);

    private final JdbcClient jdbc;

    QueuedCells(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Locks the next entries of small cells for CPUs. Entries that another transaction has locked are skipped.
     *
     * @param now the time on the database's clock
     * @return the names of the entries, {@code fingerprint/number of times the cell was scheduled}
     */
    List<String> lockSmall(Instant now, int limit) {
        return jdbc.sql("""
                        select task_instance from scheduled_tasks
                        where task_name = ? and not picked and execution_time <= ? and task_data = ?
                        order by priority desc, execution_time limit ? for update skip locked""")
                .params(CellQueue.cell(DeviceClass.CPU).getTaskName(), now.atOffset(ZoneOffset.UTC), SMALL, limit)
                .query((row, _) -> row.getString(1))
                .list();
    }

    /** Removes entries for CPUs that the caller has locked. */
    void removeLocked(Collection<String> entries) {
        jdbc.sql("delete from scheduled_tasks where task_name = ? and task_instance = any (?)")
                .params(CellQueue.cell(DeviceClass.CPU).getTaskName(), entries.toArray(String[]::new))
                .update();
    }

    /** Removes entries that no worker has picked. A picked entry ends by itself, because its cell cannot be leased. */
    void removeUnpicked(Collection<String> entries) {
        for (DeviceClass device : DeviceClass.values()) {
            jdbc.sql("delete from scheduled_tasks where task_name = ? and task_instance = any (?) and not picked")
                    .params(CellQueue.cell(device).getTaskName(), entries.toArray(String[]::new))
                    .update();
        }
    }
}
