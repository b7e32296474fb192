package org.shatterlab.platform;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Delays the stop of the web server for {@code shatterlab.shutdown-delay}. The readiness probe fails as soon as the
 * stop begins, but a load balancer needs time to poll the probe. The requests that it sends until then are still
 * answered.
 */
@Component
@ConditionalOnRole(Role.API)
class ShutdownDelay implements SmartLifecycle {

    private final ServiceProperties properties;
    private volatile boolean running;

    ShutdownDelay(ServiceProperties properties) {
        this.properties = properties;
    }

    @Override
    public void start() {
        running = true;
    }

    /** Waits. The web server stops accepting requests in a later phase of the shutdown. */
    @Override
    public void stop() {
        try {
            Thread.sleep(properties.shutdownDelay());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
