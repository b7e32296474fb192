package org.shatterlab.experiment;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.shatterlab.lab.DeviceClass;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the workers that gave a sign of life within a minute say that they have. */
@Component
class WorkerMemory implements DeviceMemory {

    private final Refreshed<Map<DeviceClass, Long>> most;

    WorkerMemory(JdbcClient jdbc) {
        this.most = new Refreshed<>(() -> read(jdbc), Duration.ofSeconds(1));
    }

    private static Map<DeviceClass, Long> read(JdbcClient jdbc) {
        Map<DeviceClass, Long> most = new EnumMap<>(DeviceClass.class);
        for (DeviceClass device : DeviceClass.values()) {
            jdbc.sql(
                            "select max(memory_bytes) from worker where device = ? and heartbeat_at > now() - interval '1 minute'")
                    .param(device.apiName())
                    .query(Long.class)
                    .optional()
                    .ifPresent(bytes -> most.put(device, bytes));
        }
        return most;
    }

    @Override
    public Map<DeviceClass, Long> most() {
        return most.get();
    }
}
