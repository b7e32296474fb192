package org.shatterlab.platform;

import static jakarta.servlet.http.HttpServletResponse.SC_BAD_REQUEST;
import static jakarta.servlet.http.HttpServletResponse.SC_HTTP_VERSION_NOT_SUPPORTED;
import static jakarta.servlet.http.HttpServletResponse.SC_NOT_IMPLEMENTED;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
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
 * What the server refuses before it comes to the application, a broken address say, is a problem document too, and so is what
 * the framework refuses with a status alone.
 */
@Component
class TomcatProblems implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addContextCustomizers(
                context -> ((StandardHost) context.getParent()).setErrorReportValveClass(ProblemValve.class.getName()));
        // A label may have a backslash, and stands in addresses.
        factory.addConnectorCustomizers(connector ->
                connector.setEncodedReverseSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue()));
    }

    /** Made by the server, by its name. */
    public static final class ProblemValve extends ErrorReportValve {

        private static final Logger log = LoggerFactory.getLogger(ProblemValve.class);
        /** Stands for an address that could not be told from the rest of the request. */
        private static final URI UNREADABLE = URI.create("about:blank");

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
                // A version or an encoding that there is not: the client's mistake, not a failure of the service.
                status = SC_BAD_REQUEST;
                response.setStatus(status);
            }
            try {
                ProblemDetail problem = problem(status, request.getRequestURI());
                response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
                response.getOutputStream().write(JSON.writeValueAsBytes(problem));
                response.finishResponse();
            } catch (IOException e) {
                log.debug("the client went away before its refusal", e);
            }
        }

        private static ProblemDetail problem(int status, @Nullable String address) {
            Problem kind = Problem.of(HttpStatusCode.valueOf(status));
            ProblemDetail problem = kind.detail(
                    switch (kind) {
                        case MALFORMED_REQUEST ->
                            "The request cannot be read: its address, its headers or its framing are not valid HTTP.";
                        case INTERNAL_ERROR -> Problem.FAILURE;
                        default -> Problem.REFUSAL;
                    });
            problem.setStatus(status);
            problem.setInstance(address == null ? UNREADABLE : instance(address));
            return problem;
        }

        /** The address as it came; where it is none, with all that makes it none escaped. */
        private static URI instance(String address) {
            try {
                return new URI(address);
            } catch (URISyntaxException e) {
                return URI.create(UriUtils.encodePath(address, StandardCharsets.ISO_8859_1));
            }
        }
    }
}
