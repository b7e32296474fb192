package org.shatterlab.service.submission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.service.support.GeneratedRequests;
import org.shatterlab.service.support.GeneratedRequests.Ids;
import org.shatterlab.service.support.GeneratedRequests.Request;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.RawHttp.Answer;
import org.shatterlab.service.support.Service;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Whatever a client sends, the answer is whole, none blames the service, every refusal is a problem document, and exactly what
 * was accepted is stored. A failure names the seed and the request; {@code -Dgenerated.seed=S -Dgenerated.request=N} sends that
 * one alone. Several seeds stand with commas between them.
 */
public class GeneratedRequestsIT {

    private static final Logger log = LoggerFactory.getLogger(GeneratedRequestsIT.class);
    private static final int REQUESTS = 5000;
    private static final Integer ONLY = Integer.getInteger("generated.request");

    /** An experiment with results of every kind. */
    public static final String MEASURED = """
            {"networks": [{"label": "plain", "family": "feedforward", "width": 8}], "depths": [2, 4],
             "inputs": {"type": "grid", "points": 17}, "runs": 5,
             "statistics": ["gradient-variance", "gradient-correlation", "autocorrelation", "gradient", "covariance"]}""";

    private static final String ONE_CELL = """
            {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 17}, "runs": 5, "seed": 99}""";

    private final Map<Integer, Integer> statuses = new TreeMap<>();

    /** How many rows there are of all that a request can store. */
    private record Stored(long experiments, long links, long keys) {

        static Stored in(Service service) {
            return new Stored(
                    service.count("experiment"), service.count("experiment_cell"), service.count("idempotency_key"));
        }

        Stored plus(long experiments, long links, long keys) {
            return new Stored(this.experiments + experiments, this.links + links, this.keys + keys);
        }
    }

    static LongStream seeds() {
        return Arrays.stream(System.getProperty("generated.seed", "1702").split(","))
                .mapToLong(Long::parseLong);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyRequestIsAnsweredAndOnlyWhatWasAcceptedIsStored(long seed, @TempDir Path data) {
        log.info("seed {}", seed);
        String measured;
        try (Service service = Service.start(data)) {
            measured = service.run(MEASURED).get("id").asString();
        }
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            GeneratedRequests requests = new GeneratedRequests(seed);
            Ids ids = new Ids(measured, cancelled(service));
            Stored stored = Stored.in(service);
            for (int number : ONLY == null ? IntStream.range(0, REQUESTS).toArray() : new int[] {ONLY}) {
                Request request = requests.request(number, ids);
                try {
                    Answer answer = answer(service, request);
                    stored = after(service, request, answer, stored);
                    assertThat(Stored.in(service)).isEqualTo(stored);
                    if (answer.status() == 204) {
                        ids = new Ids(measured, cancelled(service));
                        stored = Stored.in(service);
                    }
                } catch (IOException | AssertionError | RuntimeException e) {
                    throw new AssertionError("seed " + seed + ", request " + number + ": " + request, e);
                }
            }
            log.info("seed {}: answers by status {}", seed, statuses);
            assertThat(
                            service.count(
                                    "cell c where not exists (select from experiment_cell l where l.fingerprint = c.fingerprint)"))
                    .isZero();
            assertThat(service.submit(ONE_CELL).statusCode()).isEqualTo(202);
        }
    }

    /** The id of a new experiment that was cancelled. */
    public static String cancelled(Service service) {
        JsonNode experiment = service.json.readTree(service.submit(ONE_CELL).body());
        String id = experiment.get("id").asString();
        assertThat(service.call("POST", "/api/v1/experiments/" + id + "/cancel", "")
                        .statusCode())
                .isEqualTo(202);
        return id;
    }

    private Answer answer(Service service, Request request) throws IOException {
        Answer answer = RawHttp.exchange(
                service.port(), request.bytes(), request.method().equals("HEAD"));
        statuses.merge(answer.status(), 1, Integer::sum);
        return answer;
    }

    /** Checks an answer, and says what must be stored after it. */
    private static Stored after(Service service, Request request, Answer answer, Stored before) {
        assertAnswered(service, request, answer);
        if (answer.status() >= 400) {
            return before;
        }
        boolean isJson = answer.header("Content-Type").orElse("").equals("application/json");
        JsonNode body = isJson && answer.body().length > 0 ? service.json.readTree(answer.body()) : null;
        if (answer.status() == 204) {
            return before.plus(-1, -1, 0);
        }
        boolean isNew = answer.status() == 202
                && answer.header("Location").isPresent()
                && answer.header("Idempotency-Replayed").isEmpty();
        return isNew && body != null
                ? before.plus(1, body.get("progress").get("cells").asInt(), request.hasKey() ? 1 : 0)
                : before;
    }

    /** An answer does not blame the service, and is a problem document where it refuses. */
    public static void assertAnswered(Service service, Request request, Answer answer) {
        assertThat(answer.status()).as(answer::toString).isBetween(200, 499);
        if (answer.status() >= 400) {
            assertProblem(service, request, answer);
        }
    }

    private static void assertProblem(Service service, Request request, Answer answer) {
        if (request.head().startsWith("OPTIONS * ")) {
            // The server answers this itself, before anything of ours: with an empty 400 where it cannot read the rest.
            assertThat(answer.body()).isEmpty();
            return;
        }
        assertThat(answer.header("Content-Type")).as(answer::toString).hasValue("application/problem+json");
        if (request.method().equals("HEAD")) {
            return;
        }
        JsonNode problem = service.json.readTree(answer.body());
        String code = problem.get("code").asString();
        assertThat(code).isNotEqualTo("internal-error");
        assertThat(problem.get("type").asString()).isEqualTo("urn:shatterlab:problem:" + code);
        assertThat(problem.get("title").asString()).isNotBlank();
        assertThat(problem.get("status").asInt()).isEqualTo(answer.status());
        assertThat(problem.get("detail").asString()).isNotBlank();
        assertThat(problem.get("instance").isString()).isTrue();
        assertThat(problem.has("violations")).isEqualTo(code.equals("invalid-request"));
    }
}
