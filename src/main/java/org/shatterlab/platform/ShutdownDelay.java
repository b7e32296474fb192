package org.shatterlab.platform;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Goes on answering for a while when the process is told to stop. The readiness probe says so from that moment on, and a load
 * balancer needs time to ask it: what it sends until then must not be refused.
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

    /** Called before the server stops to accept, which is in a later phase of the shutdown. */
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
