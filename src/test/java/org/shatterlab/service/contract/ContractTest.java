package org.shatterlab.service.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shatterlab.service.support.Contract;
import org.springframework.http.HttpHeaders;

/** What holds the service to its contract can fail. */
class ContractTest {

    private static final String COSTS = """
            {"cells": 4, "runs": 20, "cached": 0, "floatingPointOperations": 1e9, "memoryBytes": 1e6, "seconds": 0.5}""";

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
        return """
                {"type": "urn:shatterlab:problem:%1$s", "title": "t", "status": %2$d, "detail": "d", "instance": "/",
                 "code": "%1$s"}""".formatted(code, status);
    }

    private static void isRefused(Contract.Response response, String... reasons) {
        assertThat(Contract.COMMITTED.breaches(response)).hasSize(reasons.length);
        assertThatThrownBy(() -> Contract.COMMITTED.check(response))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(reasons);
    }

    private static void isTaken(Contract.Response response) {
        assertThat(Contract.COMMITTED.breaches(response)).isEmpty();
    }

    @Test
    void whatIsDeclaredIsTaken() {
        isTaken(response("POST /api/v1/experiments", 200, "application/json", COSTS));
        isTaken(response("DELETE /api/v1/experiments/x", 204, "", ""));
        isTaken(response("GET /api/v1/experiments/x", 304, "", "", "ETag:W/\"1\"", "Retry-After:1"));
        isTaken(response("GET /api/v1/experiments/x/figures/figure-1.png", 200, "image/png", "x"));
        isTaken(response("HEAD /api/v1/presets", 200, "application/json", ""));
        isTaken(response(
                "GET /api/v1/experiments/x/series/a%20b/3",
                404, "application/problem+json", problem("not-measured-yet", 404), "Retry-After:1"));
        isTaken(response("GET /", 404, "application/problem+json", problem("not-found", 404)));
        isTaken(response("GET /docs/index.html", 200, "text/html", "<html>"));
        isTaken(response(
                "PUT /openapi.yaml", 405, "application/problem+json", problem("method-not-allowed", 405), "Allow:GET"));
        isTaken(response(
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
    void bodiesThatAreNotOfTheSchema(String declared, @Nullable String given, String reason) {
        String body = COSTS.replace(declared, given == null ? "" : given);
        isRefused(response("POST /api/v1/experiments", 200, "application/json", body), reason);
    }

    @Test
    void formatsCount() {
        String body = problem("not-found", 404).replace("\"instance\": \"/\"", "\"instance\": \"a b\"");
        isRefused(response("GET /api/v1/presets/x", 404, "application/problem+json", body), "/instance: ");
    }

    @Test
    void aStatusThatTheOperationLacks() {
        isRefused(response("GET /api/v1/presets", 201, "application/json", "{}"), "no status 201");
        isRefused(
                response("GET /api/v1/presets", 405, "application/problem+json", problem("method-not-allowed", 405)),
                "no status 405");
        isRefused(
                response("GET /api/v1/presets", 409, "application/problem+json", problem("conflict", 409)),
                "no status 409");
    }

    @Test
    void aMediaTypeThatTheStatusLacks() {
        isRefused(response("GET /api/v1/presets", 200, "text/html", "{}"), "the media type is text/html");
        isRefused(
                response("GET /api/v1/presets/x", 404, "application/json", problem("not-found", 404)),
                "the media type is application/json");
        isRefused(response("GET /openapi.yaml", 200, "", "x"), "the media type is null");
    }

    @Test
    void aProblemOfAnotherStatus() {
        isRefused(
                response("GET /api/v1/presets/x", 404, "application/problem+json", problem("conflict", 409)),
                "/status: ",
                "/code: ");
    }

    @Test
    void headersThatAreMissingOrWrong() {
        isRefused(
                response("GET /api/v1/experiments", 503, "application/problem+json", problem("database-away", 503)),
                "the header Retry-After is missing");
        isRefused(
                response(
                        "GET /api/v1/experiments",
                        503,
                        "application/problem+json",
                        problem("database-away", 503),
                        "Retry-After:soon"),
                "the header Retry-After: string found, integer expected");
    }

    @Test
    void bodiesWhereThereMustBeNoneOrOne() {
        isRefused(response("DELETE /api/v1/experiments/x", 204, "", "{}"), "must be none");
        isRefused(
                response("GET /api/v1/experiments/x/figures/figure-1.png", 200, "image/png", ""), "the body is empty");
    }

    @Test
    void whatIsOutsideIsRefusedWithAProblem() {
        isRefused(response("GET /api/v2", 404, "text/html", "nothing"), "the media type is text/html");
        isRefused(
                response("GET /api/v2", 404, "application/problem+json", problem("conflict", 404)),
                "/code: must be not-found");
        isRefused(response("PATCH /api/v1/presets", 200, "application/json", "{}"), "answered with 405");
        isRefused(
                response("PATCH /api/v1/presets", 405, "application/problem+json", problem("method-not-allowed", 405)),
                "the header Allow is missing");
    }
}
