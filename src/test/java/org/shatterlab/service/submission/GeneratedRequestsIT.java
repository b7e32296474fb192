package org.shatterlab.service.submission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.service.support.GeneratedRequests;
import org.shatterlab.service.support.GeneratedRequests.ExperimentIds;
import org.shatterlab.service.support.GeneratedRequests.Request;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.RawHttp.RawResponse;
import org.shatterlab.service.support.Service;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Sends generated requests to a service and checks every response. Each response is complete, no response has a status
 * of 500 or more, and every rejection is a problem document. The service stores exactly the accepted requests.
 *
 * <p>A failure names the seed and the number of the request. {@code -Dgenerated.seed=S -Dgenerated.request=N} sends
 * this request alone. The property {@code generated.seed} accepts several seeds, separated by commas.
 */
public class GeneratedRequestsIT {

    private static final Logger log = LoggerFactory.getLogger(GeneratedRequestsIT.class);
    private static final int REQUESTS = 5000;
    /** The number of the only request to send; null for all requests. */
    private static final @Nullable Integer ONLY_REQUEST = Integer.getInteger("generated.request");

    /** A specification of an experiment with results of every kind. */
    public static final String MEASURED = """
            {"networks": [{"label": "plain", "family": "feedforward", "width": 8}], "depths": [2, 4],
             "inputs": {"type": "grid", "points": 17}, "runs": 5,
             "statistics": ["gradient-variance", "gradient-correlation", "autocorrelation", "gradient", "covariance"]}""";

    private static final String ONE_CELL = """
            {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 17}, "runs": 5, "seed": 99}""";

    private final Map<Integer, Integer> statuses = new TreeMap<>();

    /** Counts the rows of the tables to which a request can add rows. */
    private record RowCounts(long experiments, long links, long keys) {

        static RowCounts in(Service service) {
            return new RowCounts(
                    service.count("experiment"), service.count("experiment_cell"), service.count("idempotency_key"));
        }

        RowCounts plus(long experiments, long links, long keys) {
            return new RowCounts(this.experiments + experiments, this.links + links, this.keys + keys);
        }
    }

    static LongStream seeds() {
        return Arrays.stream(System.getProperty("generated.seed", "1702").split(","))
                .mapToLong(Long::parseLong);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void storesExactlyTheAcceptedRequests(long seed, @TempDir Path data) {
        log.info("Sending generated requests of the seed {}", seed);
        String measured;
        try (Service service = Service.start(data)) {
            measured = service.run(MEASURED).get("id").asString();
        }
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            GeneratedRequests requests = new GeneratedRequests(seed);
            ExperimentIds ids = new ExperimentIds(measured, createCancelled(service));
            RowCounts stored = RowCounts.in(service);
            for (int number :
                    ONLY_REQUEST == null ? IntStream.range(0, REQUESTS).toArray() : new int[] {ONLY_REQUEST}) {
                Request request = requests.request(number, ids);
                try {
                    RawResponse response = send(service, request);
                    stored = expectedAfter(service, request, response, stored);
                    assertThat(RowCounts.in(service)).isEqualTo(stored);
                    if (response.status() == 204) {
                        ids = new ExperimentIds(measured, createCancelled(service));
                        stored = RowCounts.in(service);
                    }
                } catch (IOException | AssertionError | RuntimeException e) {
                    throw new AssertionError(
                            "The response to the request " + number + " of the seed " + seed + " is wrong: " + request,
                            e);
                }
            }
            log.info("Number of responses of the seed {} by status: {}", seed, statuses);
            assertThat(
                            service.count(
                                    "cell c where not exists (select from experiment_cell l where l.fingerprint = c.fingerprint)"))
                    .isZero();
            assertThat(service.submit(ONE_CELL).statusCode()).isEqualTo(202);
        }
    }

    /** Submits and cancels an experiment, and returns its id. */
    public static String createCancelled(Service service) {
        JsonNode experiment = service.json.readTree(service.submit(ONE_CELL).body());
        String id = experiment.get("id").asString();
        assertThat(service.call("POST", "/api/v1/experiments/" + id + "/cancel", "")
                        .statusCode())
                .isEqualTo(202);
        return id;
    }

    private RawResponse send(Service service, Request request) throws IOException {
        RawResponse response = RawHttp.exchange(
                service.port(), request.bytes(), request.method().equals("HEAD"));
        statuses.merge(response.status(), 1, Integer::sum);
        return response;
    }

    /** Checks a response and returns the row counts that the service must have afterwards. */
    private static RowCounts expectedAfter(Service service, Request request, RawResponse response, RowCounts before) {
        assertExpected(service, request, response);
        if (response.status() >= 400) {
            return before;
        }
        boolean isJson = response.header("Content-Type").orElse("").equals("application/json");
        JsonNode body = isJson && response.body().length > 0 ? service.json.readTree(response.body()) : null;
        if (response.status() == 204) {
            return before.plus(-1, -1, 0);
        }
        boolean isNew = response.status() == 202
                && response.header("Location").isPresent()
                && response.header("Idempotency-Replayed").isEmpty();
        return isNew && body != null
                ? before.plus(1, body.get("progress").get("cells").asInt(), request.hasIdempotencyKey() ? 1 : 0)
                : before;
    }

    /** Requires that a response has a status below 500, and that a rejection is a problem document. */
    public static void assertExpected(Service service, Request request, RawResponse response) {
        assertThat(response.status()).as(response::toString).isBetween(200, 499);
        if (response.status() >= 400) {
            assertProblem(service, request, response);
        }
    }

    private static void assertProblem(Service service, Request request, RawResponse response) {
        if (request.head().startsWith("OPTIONS * ")) {
            // Tomcat responds to this request before any code of the service. A malformed rest gets an empty 400.
            assertThat(response.body()).isEmpty();
            return;
        }
        assertThat(response.header("Content-Type")).as(response::toString).hasValue("application/problem+json");
        if (request.method().equals("HEAD")) {
            return;
        }
        JsonNode problem = service.json.readTree(response.body());
        String code = problem.get("code").asString();
        assertThat(code).isNotEqualTo("internal-error");
        assertThat(problem.get("type").asString()).isEqualTo("urn:shatterlab:problem:" + code);
        assertThat(problem.get("title").asString()).isNotBlank();
        assertThat(problem.get("status").asInt()).isEqualTo(response.status());
        assertThat(problem.get("detail").asString()).isNotBlank();
        assertThat(problem.get("instance").isString()).isTrue();
        assertThat(problem.has("violations")).isEqualTo(code.equals("invalid-request"));
    }
}
