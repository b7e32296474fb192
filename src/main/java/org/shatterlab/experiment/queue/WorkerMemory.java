package org.shatterlab.experiment.queue;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.shatterlab.experiment.cell.DeviceMemory;
import org.shatterlab.experiment.spec.ApiNames;
import org.shatterlab.lab.engine.DeviceClass;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Returns the memory of the workers whose last heartbeat is less than a minute old. */
@Component
class WorkerMemory implements DeviceMemory {

    private static final Map<String, DeviceClass> DEVICES = ApiNames.byName(DeviceClass.values(), DeviceClass::apiName);

    private final TimedCache<Map<DeviceClass, Long>> most;

    WorkerMemory(JdbcClient jdbc) {
        this.most = new TimedCache<>(() -> read(jdbc), Duration.ofSeconds(1));
    }

    private static Map<DeviceClass, Long> read(JdbcClient jdbc) {
        Map<DeviceClass, Long> most = new EnumMap<>(DeviceClass.class);
        jdbc.sql("""
                        select device, max(memory_bytes) from worker
                        where heartbeat_at > now() - interval '1 minute' group by device""").query(row -> {
            DeviceClass device = DEVICES.get(row.getString(1));
            if (device != null) {
                most.put(device, row.getLong(2));
            }
        });
        return most;
    }

    @Override
    public Map<DeviceClass, Long> most() {
        return most.get();
    }
}
