package org.shatterlab.service.support;

import org.shatterlab.ShatterlabApplication;
import org.shatterlab.lab.engine.BrokenDeviceException;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** A service for a process of its own, which is told that a GPU broke once it computes a cell. */
public final class BrokenGpuService {

    private BrokenGpuService() {}

    public static void main(String[] arguments) {
        ConfigurableApplicationContext context = SpringApplication.run(ShatterlabApplication.class, arguments);
        Service service = Service.of(context);
        while (service.count("cell where state = 'RUNNING'") == 0) {
            Service.sleep();
        }
        context.publishEvent(new BrokenDeviceException("gpu(0)", new IllegalStateException("CUDA error: ...")));
    }
}
