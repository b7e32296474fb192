package org.shatterlab.platform.request;

import java.time.Duration;
import org.apache.coyote.http11.Http11NioProtocol;

/** HTTP/1.1 over a {@link GuardedEndpoint}. Tomcat creates the protocol by its class name. */
public final class GuardedProtocol extends Http11NioProtocol {

    public GuardedProtocol() {
        super(new GuardedEndpoint());
    }

    /** Sets the time in which the header of a request must arrive. */
    void setHeaderTime(Duration time) {
        ((GuardedEndpoint) getEndpoint()).setHeaderTime(time);
    }
}
