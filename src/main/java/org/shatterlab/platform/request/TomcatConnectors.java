package org.shatterlab.platform.request;

import org.apache.catalina.connector.Connector;
import org.apache.coyote.ContinueResponseTiming;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.stereotype.Component;

/**
 * Configures the connectors of Tomcat, so that no client holds what other clients need.
 *
 * <p>Each connection can have a thread, so a request never waits for the thread of another one. The threads are platform
 * threads. Virtual threads of Java 25 can block each other forever, when many of them are the first to use a class (JDK
 * bug 8369238). The probes have a connector of their own, because other requests may hold all connections.
 */
@Component
@EnableConfigurationProperties({RequestProperties.class, ProbeProperties.class})
class TomcatConnectors implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    private static final int MAX_PROBE_CONNECTIONS = 32;
    private static final int PROBE_TIMEOUT_MILLIS = 5000;

    private final RequestProperties limits;
    private final ProbeProperties probes;
    private final ServerProperties server;

    TomcatConnectors(RequestProperties limits, ProbeProperties probes, ServerProperties server) {
        this.limits = limits;
        this.probes = probes;
        this.server = server;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.setProtocol(GuardedProtocol.class.getName());
        factory.addConnectorCustomizers(connector -> {
            GuardedProtocol protocol = configure(connector);
            protocol.setMaxThreads(protocol.getMaxConnections());
        });
        if (probes.probePort() != null) {
            factory.addAdditionalConnectors(probeConnector(probes.probePort()));
        }
    }

    private GuardedProtocol configure(Connector connector) {
        // Tomcat would otherwise read the body of a form as soon as any code asks for a parameter.
        connector.setParseBodyMethods("");
        GuardedProtocol protocol = (GuardedProtocol) connector.getProtocolHandler();
        protocol.setHeaderTime(limits.headerTime());
        // A client that waits for "100 Continue" sends its body only after the request is accepted.
        protocol.setContinueResponseTiming(ContinueResponseTiming.ON_REQUEST_BODY_READ.toString());
        return protocol;
    }

    private Connector probeConnector(int port) {
        Connector connector = new Connector(GuardedProtocol.class.getName());
        connector.setPort(port);
        GuardedProtocol protocol = configure(connector);
        protocol.setAddress(server.getAddress());
        protocol.setMaxConnections(MAX_PROBE_CONNECTIONS);
        protocol.setMaxThreads(MAX_PROBE_CONNECTIONS);
        protocol.setConnectionTimeout(PROBE_TIMEOUT_MILLIS);
        protocol.setMaxSwallowSize(0);
        return connector;
    }
}
