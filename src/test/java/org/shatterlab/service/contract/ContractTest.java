package org.shatterlab.service.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shatterlab.service.support.Contract;
import org.springframework.http.HttpHeaders;

/** Tests that {@link Contract} accepts declared responses and rejects all others. */
class ContractTest {

    private static final String COSTS = """
            {"cells": 4, "runs": 20, "cached": 0, "floatingPointOperations": 1e9, "memoryBytes": 1e6, "seconds": 0.5,
             "storedBytes": 5000}""";

    private static Contract.Response response(String request, int status, String type, String body, String... headers) {
        HttpHeaders all = new HttpHeaders();
        if (!type.isEmpty()) {
            all.set("Content-Type", type);
        }
        for (String header : headers) {
            all.add(header.replaceFirst(":.*", ""), header.replaceFirst(".*?:", ""));
        }
        String[] line = request.split(" ", 2);
        return new Contract.Response(line[0], line[1], status, all, body.getBytes(StandardCharsets.UTF_8));
    }

    private static String problem(String code, int status) {
        return String.format(Locale.ROOT, """
                {"type": "urn:shatterlab:problem:%1$s", "title": "t", "status": %2$d, "detail": "d", "instance": "/",
                 "code": "%1$s"}""", code, status);
    }

    private static void assertBreaks(Contract.Response response, String... breaches) {
        assertThat(Contract.COMMITTED.breaches(response)).hasSize(breaches.length);
        assertThatThrownBy(() -> Contract.COMMITTED.check(response))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(breaches);
    }

    private static void assertSatisfies(Contract.Response response) {
        assertThat(Contract.COMMITTED.breaches(response)).isEmpty();
    }

    @Test
    void acceptsDeclaredResponses() {
        assertSatisfies(response("POST /api/v1/experiments/estimate", 200, "application/json", COSTS));
        assertSatisfies(response("DELETE /api/v1/experiments/x", 204, "", ""));
        assertSatisfies(response("GET /api/v1/experiments/x", 304, "", "", "ETag:W/\"1\"", "Retry-After:1"));
        assertSatisfies(response("GET /api/v1/experiments/x/figures/figure-1.png", 200, "image/png", "x"));
        assertSatisfies(response("HEAD /api/v1/presets", 200, "application/json", ""));
        assertSatisfies(response(
                "GET /api/v1/experiments/x/series/a%20b/3",
                404, "application/problem+json", problem("not-measured-yet", 404), "Retry-After:1"));
        assertSatisfies(response("GET /", 404, "application/problem+json", problem("not-found", 404)));
        assertSatisfies(response("GET /docs/index.html", 200, "text/html", "<html>"));
        assertSatisfies(response(
                "PUT /openapi.yaml", 405, "application/problem+json", problem("method-not-allowed", 405), "Allow:GET"));
        assertSatisfies(response(
                "GET /api/v1/presets/%00", 400, "application/problem+json", problem("malformed-request", 400)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "cells": 4         | "cells": 0                        | /cells: must have a minimum value of 1
                    "cells": 4         | "cells": "4"                      | /cells: string found, integer expected
                    "cells": 4,        |                                   | : required property 'cells' not found
                    "memoryBytes": 1e6 | "memoryBytes": null               | /memoryBytes: null found, number expected
                    }                  | ]                                 | the body is not JSON
                    }                  | } {}                              | the body is not JSON
                    """)
    void rejectsBodiesOutsideTheSchema(String declared, @Nullable String given, String reason) {
        String body = COSTS.replace(declared, given == null ? "" : given);
        assertBreaks(response("POST /api/v1/experiments/estimate", 200, "application/json", body), reason);
    }

    @Test
    void checksReplacedResponseAtItsOperation() {
        assertSatisfies(response("POST /api/v1/experiments", 200, "application/json", COSTS));
        assertBreaks(
                response("POST /api/v1/experiments", 200, "application/json", COSTS.replace("\"cells\"", "\"cell\"")),
                "required property 'cells' not found");
        assertBreaks(
                response("POST /api/v1/experiments", 201, "application/json", COSTS),
                "does not declare the status 201");
    }

    @Test
    void checksFormats() {
        String body = problem("not-found", 404).replace("\"instance\": \"/\"", "\"instance\": \"a b\"");
        assertBreaks(response("GET /api/v1/presets/x", 404, "application/problem+json", body), "/instance: ");
    }

    @Test
    void rejectsUndeclaredStatus() {
        assertBreaks(response("GET /api/v1/presets", 201, "application/json", "{}"), "does not declare the status 201");
        assertBreaks(
                response("GET /api/v1/presets", 405, "application/problem+json", problem("method-not-allowed", 405)),
                "does not declare the status 405");
        assertBreaks(
                response("GET /api/v1/presets", 409, "application/problem+json", problem("conflict", 409)),
                "does not declare the status 409");
    }

    @Test
    void rejectsUndeclaredMediaType() {
        assertBreaks(response("GET /api/v1/presets", 200, "text/html", "{}"), "the media type is text/html");
        assertBreaks(
                response("GET /api/v1/presets/x", 404, "application/json", problem("not-found", 404)),
                "the media type is application/json");
        assertBreaks(response("GET /openapi.yaml", 200, "", "x"), "the media type is null");
    }

    @Test
    void rejectsProblemOfAnotherStatus() {
        assertBreaks(
                response("GET /api/v1/presets/x", 404, "application/problem+json", problem("conflict", 409)),
                "/status: ",
                "/code: ");
    }

    @Test
    void rejectsMissingAndMalformedHeaders() {
        assertBreaks(
                response("GET /api/v1/experiments", 503, "application/problem+json", problem("database-away", 503)),
                "the header Retry-After is missing");
        assertBreaks(
                response(
                        "GET /api/v1/experiments",
                        503,
                        "application/problem+json",
                        problem("database-away", 503),
                        "Retry-After:soon"),
                "the header Retry-After: string found, integer expected");
    }

    @Test
    void rejectsUnexpectedAndMissingBodies() {
        assertBreaks(response("DELETE /api/v1/experiments/x", 204, "", "{}"), "must have no body");
        assertBreaks(
                response("GET /api/v1/experiments/x/figures/figure-1.png", 200, "image/png", ""), "the body is empty");
    }

    @Test
    void requiresProblemsForUnknownOperations() {
        assertBreaks(response("GET /api/v2", 404, "text/html", "nothing"), "the media type is text/html");
        assertBreaks(
                response("GET /api/v2", 404, "application/problem+json", problem("conflict", 404)),
                "/code: must be not-found");
        assertBreaks(response("PATCH /api/v1/presets", 200, "application/json", "{}"), "the status must be 405");
        assertBreaks(
                response("PATCH /api/v1/presets", 405, "application/problem+json", problem("method-not-allowed", 405)),
                "the header Allow is missing");
    }
}
