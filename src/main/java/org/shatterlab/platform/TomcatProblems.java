package org.shatterlab.platform;

import static jakarta.servlet.http.HttpServletResponse.SC_BAD_REQUEST;
import static jakarta.servlet.http.HttpServletResponse.SC_HTTP_VERSION_NOT_SUPPORTED;
import static jakarta.servlet.http.HttpServletResponse.SC_NOT_IMPLEMENTED;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.json.ProblemDetailJacksonMixin;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * Configures Tomcat to answer its own errors with problem documents. Tomcat rejects some requests before they reach the
 * application, for example one with an invalid address. The framework rejects others with a status alone.
 */
@Component
class TomcatProblems implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    private static final Logger log = LoggerFactory.getLogger(TomcatProblems.class);

    /** The instance of a problem whose request has no readable address. */
    private static final URI UNREADABLE = URI.create("about:blank");

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addContextCustomizers(
                context -> ((StandardHost) context.getParent()).setErrorReportValveClass(ProblemValve.class.getName()));
        // An address may have the label of a network, and a label may have a backslash.
        factory.addConnectorCustomizers(connector ->
                connector.setEncodedReverseSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue()));
    }

    /** Returns the address of a request as a URI, escaped if necessary. An address such as {@code //} is no URI at all. */
    static URI instance(String address) {
        for (String uri : List.of(address, UriUtils.encodePath(address, StandardCharsets.ISO_8859_1))) {
            try {
                return new URI(uri);
            } catch (URISyntaxException e) {
                log.debug("The address of a request is no URI", e);
            }
        }
        return UNREADABLE;
    }

    /** A valve that Tomcat creates by its class name. */
    public static final class ProblemValve extends ErrorReportValve {

        private static final JsonMapper JSON = JsonMapper.builder()
                .addMixIn(ProblemDetail.class, ProblemDetailJacksonMixin.class)
                .build();

        @Override
        protected void report(Request request, Response response, @Nullable Throwable throwable) {
            int status = response.getStatus();
            if (status < 400
                    || response.getContentWritten() > 0
                    || (response.isError() && !response.setErrorReported())) {
                return;
            }
            if (status == SC_NOT_IMPLEMENTED || status == SC_HTTP_VERSION_NOT_SUPPORTED) {
                // The client asked for an unknown version or encoding, so this is no failure of the service.
                status = SC_BAD_REQUEST;
                response.setStatus(status);
            }
            try {
                ProblemDetail problem = problem(status, request.getRequestURI());
                response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
                response.getOutputStream().write(JSON.writeValueAsBytes(problem));
                response.finishResponse();
            } catch (IOException e) {
                log.debug("The client closed the connection before the answer", e);
            }
        }

        private static ProblemDetail problem(int status, @Nullable String address) {
            Problem kind = Problem.of(HttpStatusCode.valueOf(status));
            ProblemDetail problem = kind.detail(
                    switch (kind) {
                        case MALFORMED_REQUEST ->
                            "The request is not valid HTTP. Check its address, its headers and its framing.";
                        case INTERNAL_ERROR -> Problem.FAILURE;
                        default -> Problem.UNKNOWN_REJECTION;
                    });
            problem.setStatus(status);
            problem.setInstance(address == null ? UNREADABLE : instance(address));
            return problem;
        }
    }
}
