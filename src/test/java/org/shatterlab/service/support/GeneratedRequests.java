package org.shatterlab.service.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.shatterlab.service.support.RequestVocabulary.ACCEPT_VALUES;
import static org.shatterlab.service.support.RequestVocabulary.CHANGE_PATHS;
import static org.shatterlab.service.support.RequestVocabulary.CONTENT_TYPES;
import static org.shatterlab.service.support.RequestVocabulary.EXPERIMENTS;
import static org.shatterlab.service.support.RequestVocabulary.HEADERS;
import static org.shatterlab.service.support.RequestVocabulary.HTTP_VERSIONS;
import static org.shatterlab.service.support.RequestVocabulary.INVALID_HEADERS;
import static org.shatterlab.service.support.RequestVocabulary.INVALID_SEGMENTS;
import static org.shatterlab.service.support.RequestVocabulary.METHODS;
import static org.shatterlab.service.support.RequestVocabulary.PARAMETER_NAMES;
import static org.shatterlab.service.support.RequestVocabulary.PARAMETER_VALUES;
import static org.shatterlab.service.support.RequestVocabulary.READ_PATHS;
import static org.shatterlab.service.support.RequestVocabulary.UNUSUAL_SEGMENTS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A generator of random HTTP requests, from requests of a well-behaved client to malformed bytes. A request depends
 * only on the seed, its number and the given experiments.
 */
public final class GeneratedRequests {

    private final long seed;

    public GeneratedRequests(long seed) {
        this.seed = seed;
    }

    /**
     * The ids of experiments in the service.
     *
     * @param measured experiment with results, which no request deletes
     * @param cancelled experiment without results, which requests may retry and delete
     */
    public record ExperimentIds(String measured, String cancelled) {}

    /**
     * A request, ready for the wire.
     *
     * @param head request line and headers, with the empty line at the end
     * @param body body with its framing
     */
    public record Request(String method, String head, byte[] body) {

        public byte[] bytes() {
            byte[] start = head.getBytes(ISO_8859_1);
            byte[] all = Arrays.copyOf(start, start.length + body.length);
            System.arraycopy(body, 0, all, start.length, body.length);
            return all;
        }

        public boolean hasIdempotencyKey() {
            return head.contains("Idempotency-Key:");
        }

        @Override
        public String toString() {
            String beginning = new String(body, 0, Math.min(body.length, 400), ISO_8859_1);
            return head.substring(0, Math.min(head.length(), 2000)) + beginning + "\n(" + body.length
                    + " bytes of body)";
        }
    }

    /** Returns the request of a number. Equal numbers and experiments give equal requests. */
    public Request request(int number, ExperimentIds ids) {
        return new RequestDraw(new RandomChoices(seed * 1_000_003 + number), ids).request();
    }

    /** A builder that draws the elements of one request. */
    private static final class RequestDraw {

        private final RandomChoices random;
        private final GeneratedBodies bodies;
        private final ExperimentIds ids;
        private final List<String> headers = new ArrayList<>();

        RequestDraw(RandomChoices random, ExperimentIds ids) {
            this.random = random;
            this.bodies = new GeneratedBodies(random);
            this.ids = ids;
        }

        Request request() {
            return switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> submission();
                case 4, 5, 6 ->
                    request("GET", withQuery(random.pick(READ_PATHS)), random.rarely() ? bodies.content() : null);
                case 7 -> change();
                default ->
                    request(
                            random.pick(METHODS),
                            withQuery(random.pick(random.nextInt(3) == 0 ? CHANGE_PATHS : READ_PATHS)),
                            random.nextBoolean() ? bodies.content() : null);
            };
        }

        private Request submission() {
            headers.add("Content-Type: " + (random.rarely() ? random.pick(CONTENT_TYPES) : "application/json"));
            String query =
                    random.nextInt(6) == 0 ? "?dryRun=" + random.pick(List.of("true", "true", "false", "x")) : "";
            String path = random.nextInt(8) == 0 ? EXPERIMENTS + "/estimate" : EXPERIMENTS;
            return request("POST", path + query, bodies.content());
        }

        private Request change() {
            String target = random.pick(CHANGE_PATHS);
            return request(
                    target.endsWith("{id}") ? "DELETE" : "POST",
                    random.rarely() ? withQuery(target) : target,
                    random.rarely() ? bodies.content() : null);
        }

        private Request request(String method, String path, byte @Nullable [] content) {
            for (int more = random.nextInt(3); more > 0; more--) {
                headers.add(
                        random.nextInt(3) == 0
                                ? "Accept: " + random.pick(ACCEPT_VALUES)
                                : random.pick(random.rarely() ? INVALID_HEADERS : HEADERS));
            }
            if (content != null && headers.isEmpty() && random.nextBoolean()) {
                headers.add("Content-Type: " + random.pick(CONTENT_TYPES));
            }
            byte[] body = content == null ? new byte[0] : bodies.framed(content, headers);
            if (random.nextInt(50) > 0) {
                headers.addFirst("Host: 127.0.0.1");
            }
            String target = expandedPath(path, method.equals("DELETE"));
            String version = random.nextInt(40) == 0 ? random.pick(HTTP_VERSIONS) : "HTTP/1.1";
            String end = random.nextInt(100) == 0 ? "\n" : "\r\n";
            String head = Stream.concat(
                            Stream.of(method + " " + target + " " + version),
                            headers.stream().map(header -> header.replace("{key}", "key " + random.nextInt(20))))
                    .collect(Collectors.joining(end, "", end + end));
            return new Request(method, head, body);
        }

        /** Replaces the placeholders of a path by ids and by unusual segments. */
        private String expandedPath(String path, boolean deletes) {
            String expanded = path;
            while (expanded.contains("{id}") || expanded.contains("{odd}")) {
                expanded = expanded.replaceFirst("\\{id}", id(deletes))
                        .replaceFirst("\\{odd}", quotedReplacement(unusualSegment()));
            }
            return random.nextInt(30) == 0 ? expanded + unusualSegment() : expanded;
        }

        private static String quotedReplacement(String replacement) {
            return replacement.replace("\\", "\\\\").replace("$", "\\$");
        }

        private String id(boolean deletes) {
            return switch (random.nextInt(8)) {
                case 0 -> "01a207bf-87b2-7969-b8cf-0a7bf5febb19";
                case 1 -> "1-1-1-1-1";
                case 2 -> quotedReplacement(unusualSegment());
                case 3, 4, 5 -> deletes ? ids.cancelled() : ids.measured();
                default -> ids.cancelled();
            };
        }

        private String withQuery(String path) {
            if (random.nextInt(30) == 0) {
                return path + "?" + "a&".repeat(1500);
            }
            if (random.nextInt(100) == 0) {
                // The response comes at once if the client has another version, and after one second otherwise.
                return path + "?wait=1";
            }
            StringBuilder query = new StringBuilder(path);
            String mark = "?";
            for (int more = random.nextInt(4); more > 0; more--) {
                boolean waits = random.nextInt(10) == 0;
                query.append(mark)
                        .append(waits ? "wait" : random.pick(PARAMETER_NAMES))
                        .append(random.nextInt(20) == 0 ? "" : "=")
                        .append(waits ? random.pick(List.of("0", "61", "x", "1.5", "9".repeat(20))) : parameterValue());
                mark = random.pick(List.of("&", "&", "&", "&&", ";", "?"));
            }
            return query.toString();
        }

        private String parameterValue() {
            return random.nextInt(4) == 0
                    ? unusualSegment()
                    : random.pick(PARAMETER_VALUES).replace(" ", "%20");
        }

        private String unusualSegment() {
            return random.pick(random.rarely() ? INVALID_SEGMENTS : UNUSUAL_SEGMENTS);
        }
    }
}
