package org.shatterlab.platform;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.json.ProblemDetailJacksonMixin;
import tools.jackson.databind.json.JsonMapper;

/**
 * The answer 503 to requests that the service refuses before any other work. The answer is built once, so a flood of
 * requests costs little. The answer therefore does not repeat the address of the request.
 */
public final class BusyAnswer {

    private static final byte[] BODY = body();
    private static final HttpHeaders HEADERS = headers();
    private static final byte[] CONNECTION_ANSWER = connectionAnswer();

    private BusyAnswer() {}

    private static byte[] body() {
        ProblemDetail problem =
                Problem.BUSY.detail("As many connections serve requests as the service allows. Retry in a second.");
        problem.setInstance(URI.create("about:blank"));
        return JsonMapper.builder()
                .addMixIn(ProblemDetail.class, ProblemDetailJacksonMixin.class)
                .build()
                .writeValueAsBytes(problem);
    }

    private static HttpHeaders headers() {
        HttpHeaders headers = Problem.BUSY.headers();
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        headers.setContentLength(BODY.length);
        headers.setCacheControl("private, no-cache");
        headers.set("X-Content-Type-Options", "nosniff");
        return headers;
    }

    /** Writes the answer to a request. */
    public static void write(HttpServletResponse response) throws IOException {
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        HEADERS.forEach((name, values) -> response.setHeader(name, values.getFirst()));
        response.getOutputStream().write(BODY);
    }

    /** Returns all bytes of the answer to a connection that is then closed. The caller must not change them. */
    public static byte[] ofConnection() {
        return CONNECTION_ANSWER;
    }

    private static byte[] connectionAnswer() {
        HttpHeaders headers = headers();
        headers.setConnection("close");
        String head = headers.headerNames().stream()
                .map(name -> name + ": " + headers.getFirst(name) + "\r\n")
                .collect(Collectors.joining("", "HTTP/1.1 503 \r\n", "\r\n"));
        return (head + new String(BODY, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    }
}
