package org.shatterlab.service.support;

import org.shatterlab.ShatterlabApplication;
import org.shatterlab.lab.engine.BrokenDeviceException;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A program that runs the service and reports a broken GPU to it. The program publishes a {@link BrokenDeviceException}
 * as soon as the service computes a cell.
 */
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
