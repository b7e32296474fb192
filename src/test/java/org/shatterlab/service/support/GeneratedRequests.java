package org.shatterlab.service.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.shatterlab.service.support.RequestWords.ACCEPTED;
import static org.shatterlab.service.support.RequestWords.API;
import static org.shatterlab.service.support.RequestWords.BROKEN;
import static org.shatterlab.service.support.RequestWords.BROKEN_HEADERS;
import static org.shatterlab.service.support.RequestWords.CHANGES;
import static org.shatterlab.service.support.RequestWords.HEADERS;
import static org.shatterlab.service.support.RequestWords.METHODS;
import static org.shatterlab.service.support.RequestWords.ODD;
import static org.shatterlab.service.support.RequestWords.PARAMETERS;
import static org.shatterlab.service.support.RequestWords.READS;
import static org.shatterlab.service.support.RequestWords.TYPES;
import static org.shatterlab.service.support.RequestWords.VALUES;
import static org.shatterlab.service.support.RequestWords.VERSIONS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Requests of every kind that a wire can carry: from what a client should send to what no client would. Each is drawn from the
 * seed and its own number alone.
 */
public final class GeneratedRequests {

    private final long seed;

    public GeneratedRequests(long seed) {
        this.seed = seed;
    }

    /**
     * Experiments that there are.
     *
     * @param measured has results; never deleted
     * @param cancelled may be retried and deleted
     */
    public record Ids(String measured, String cancelled) {}

    /**
     * A request, ready for the wire.
     *
     * @param head up to the empty line
     * @param body with its framing
     */
    public record Request(String method, String head, byte[] body) {

        public byte[] bytes() {
            byte[] start = head.getBytes(ISO_8859_1);
            byte[] all = Arrays.copyOf(start, start.length + body.length);
            System.arraycopy(body, 0, all, start.length, body.length);
            return all;
        }

        public boolean hasKey() {
            return head.contains("Idempotency-Key:");
        }

        @Override
        public String toString() {
            String beginning = new String(body, 0, Math.min(body.length, 400), ISO_8859_1);
            return head.substring(0, Math.min(head.length(), 2000)) + beginning + "\n(" + body.length
                    + " bytes of body)";
        }
    }

    public Request request(int number, Ids ids) {
        return new Draw(new RandomChoices(seed * 1_000_003 + number), ids).request();
    }

    /** One request in the making. */
    private static final class Draw {

        private final RandomChoices random;
        private final GeneratedBodies bodies;
        private final Ids ids;
        private final List<String> headers = new ArrayList<>();

        Draw(RandomChoices random, Ids ids) {
            this.random = random;
            this.bodies = new GeneratedBodies(random);
            this.ids = ids;
        }

        public Request request() {
            return switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> submission();
                case 4, 5, 6 -> of("GET", withQuery(random.one(READS)), random.rarely() ? bodies.content() : null);
                case 7 -> change();
                default ->
                    of(
                            random.one(METHODS),
                            withQuery(random.one(random.nextInt(3) == 0 ? CHANGES : READS)),
                            random.nextBoolean() ? bodies.content() : null);
            };
        }

        private Request submission() {
            headers.add("Content-Type: " + (random.rarely() ? random.one(TYPES) : "application/json"));
            String query = random.nextInt(6) == 0 ? "?dryRun=" + random.one(List.of("true", "true", "false", "x")) : "";
            return of("POST", API + query, bodies.content());
        }

        private Request change() {
            String target = random.one(CHANGES);
            return of(
                    target.endsWith("{id}") ? "DELETE" : "POST",
                    random.rarely() ? withQuery(target) : target,
                    random.rarely() ? bodies.content() : null);
        }

        private Request of(String method, String path, byte @Nullable [] content) {
            for (int more = random.nextInt(3); more > 0; more--) {
                headers.add(
                        random.nextInt(3) == 0
                                ? "Accept: " + random.one(ACCEPTED)
                                : random.one(random.rarely() ? BROKEN_HEADERS : HEADERS));
            }
            if (content != null && headers.isEmpty() && random.nextBoolean()) {
                headers.add("Content-Type: " + random.one(TYPES));
            }
            byte[] body = content == null ? new byte[0] : bodies.framed(content, headers);
            if (random.nextInt(50) > 0) {
                headers.addFirst("Host: 127.0.0.1");
            }
            String target = filled(path, method.equals("DELETE"));
            String version = random.nextInt(40) == 0 ? random.one(VERSIONS) : "HTTP/1.1";
            String end = random.nextInt(100) == 0 ? "\n" : "\r\n";
            String head = Stream.concat(
                            Stream.of(method + " " + target + " " + version),
                            headers.stream().map(header -> header.replace("{key}", "key " + random.nextInt(20))))
                    .collect(Collectors.joining(end, "", end + end));
            return new Request(method, head, body);
        }

        private String filled(String path, boolean deletes) {
            String filled = path;
            while (filled.contains("{id}") || filled.contains("{odd}")) {
                filled = filled.replaceFirst("\\{id}", id(deletes)).replaceFirst("\\{odd}", quoted(odd()));
            }
            return random.nextInt(30) == 0 ? filled + odd() : filled;
        }

        private static String quoted(String replacement) {
            return replacement.replace("\\", "\\\\").replace("$", "\\$");
        }

        private String id(boolean deletes) {
            return switch (random.nextInt(8)) {
                case 0 -> "01a207bf-87b2-7969-b8cf-0a7bf5febb19";
                case 1 -> "1-1-1-1-1";
                case 2 -> quoted(odd());
                case 3, 4, 5 -> deletes ? ids.cancelled() : ids.measured();
                default -> ids.cancelled();
            };
        }

        private String withQuery(String path) {
            if (random.nextInt(30) == 0) {
                return path + "?" + "a&".repeat(1500);
            }
            if (random.nextInt(100) == 0) {
                // At once, as the client has another version; or after that second.
                return path + "?wait=1";
            }
            StringBuilder query = new StringBuilder(path);
            String mark = "?";
            for (int more = random.nextInt(4); more > 0; more--) {
                boolean waits = random.nextInt(10) == 0;
                query.append(mark)
                        .append(waits ? "wait" : random.one(PARAMETERS))
                        .append(random.nextInt(20) == 0 ? "" : "=")
                        .append(waits ? random.one(List.of("0", "61", "x", "1.5", "9".repeat(20))) : value());
                mark = random.one(List.of("&", "&", "&", "&&", ";", "?"));
            }
            return query.toString();
        }

        private String value() {
            return random.nextInt(4) == 0 ? odd() : random.one(VALUES).replace(" ", "%20");
        }

        private String odd() {
            return random.one(random.rarely() ? BROKEN : ODD);
        }
    }
}
