package org.shatterlab.experiment;

import java.time.Duration;
import java.util.OptionalLong;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the workers that gave a sign of life within a minute say that they have. */
@Component
class WorkerMemory implements CellMemory {

    private final Refreshed<OptionalLong> most;

    WorkerMemory(JdbcClient jdbc) {
        this.most = new Refreshed<>(() -> read(jdbc), Duration.ofSeconds(1));
    }

    private static OptionalLong read(JdbcClient jdbc) {
        return jdbc
                .sql("select memory_bytes from worker where heartbeat_at > now() - interval '1 minute'")
                .query((row, _) -> row.getLong(1))
                .list()
                .stream()
                .mapToLong(Long::longValue)
                .max();
    }

    @Override
    public OptionalLong most() {
        return most.get();
    }
}
