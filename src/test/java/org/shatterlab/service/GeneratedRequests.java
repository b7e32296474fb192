package org.shatterlab.service;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.MutatedSpecs;

/**
 * Requests of every kind that a wire can carry: from what a client should send to what no client would. Each is drawn from the
 * seed and its own number alone.
 */
final class GeneratedRequests {

    private static final int MIB = 1 << 20;
    private static final String API = "/api/v1/experiments";

    private static final List<String> METHODS = List.of(
            "GET",
            "GET",
            "HEAD",
            "POST",
            "PUT",
            "DELETE",
            "PATCH",
            "OPTIONS",
            "TRACE",
            "CONNECT",
            "BREW",
            "get",
            "PRI",
            "PROPFIND",
            "G\0T",
            "M".repeat(300),
            "",
            "POST,",
            "É");

    private static final List<String> READS = List.of(
            API,
            API + "/{id}",
            API + "/{id}",
            API + "/{id}/results",
            API + "/{id}/results",
            API + "/{id}/series/{odd}/2",
            API + "/{id}/series/plain/2",
            API + "/{id}/matrices/plain/2/covariance",
            API + "/{id}/matrices/plain/{odd}/outer-product",
            API + "/{id}/figures/figure-2.svg",
            API + "/{id}/figures/figure-2.png",
            API + "/{id}/figures/{odd}",
            API + "/{id}/{odd}",
            API + "/{odd}/results",
            "/api/v1/results",
            "/api/v1/presets",
            "/api/v1/presets/figure-1",
            "/api/v1/presets/{odd}",
            "/openapi.yaml",
            "/docs",
            "/docs/",
            "/docs/index.html",
            "/docs/{odd}",
            "/webjars/swagger-ui/swagger-ui.css",
            "/webjars/{odd}",
            "/actuator",
            "/actuator/health",
            "/actuator/health/readiness",
            "/actuator/{odd}",
            "/error",
            "/{odd}",
            "//api//v1//presets",
            "http://127.0.0.1/api/v1/presets",
            "http://{odd}/api/v1/presets",
            "*");

    private static final List<String> CHANGES =
            List.of(API + "/{id}/cancel", API + "/{id}/retry", API + "/{id}", API + "/{odd}/cancel", API + "/{odd}");

    /** Parts of addresses that a client may send. */
    private static final List<String> ODD = List.of(
            "%5c",
            "..",
            "%2e%2e",
            ".",
            ";a=b",
            "x;jsessionid=1",
            "%25",
            "%0d%0a",
            "+",
            "%F0%9F%A7%AA",
            "%7B",
            "%7C",
            "%5E",
            "%22",
            "%20",
            "0",
            "-1",
            "9".repeat(40),
            "nothing",
            "?",
            "*",
            "plain%20",
            "%EF%BB%BF",
            ":",
            "@",
            "a".repeat(300),
            "%C3%BC",
            "%01",
            "%7f",
            "%E2%80%AE",
            "~!$&'()*+,=");

    /** Parts of addresses that no client may send. */
    private static final List<String> BROKEN = List.of(
            "%00",
            "%2f",
            "%2F..",
            "..%2f..%2fetc",
            "%ff",
            "%c3%28",
            "%ed%a0%80",
            "ü",
            bytes("β🧪"),
            "\u0001",
            "%zz",
            "%",
            "%2",
            "a b",
            "{}",
            "|",
            "^",
            "[",
            "]",
            "\"",
            "<",
            "`",
            "\\",
            "#x",
            "%u0041",
            "\t",
            "\u007f",
            "x".repeat(9000));

    private static final List<String> PARAMETERS = List.of(
            "network",
            "depth",
            "statistic",
            "limit",
            "cursor",
            "state",
            "name",
            "preset",
            "createdAfter",
            "dryRun",
            "run",
            "experiment",
            "colour",
            "",
            "%00",
            "a%5Bb%5D");

    private static final List<String> VALUES = List.of(
            "plain",
            "2",
            "2,4",
            "2..50",
            "50..2",
            "gradient-variance",
            "autocorrelation",
            "gradient",
            "1",
            "10",
            "0",
            "10000",
            "10001",
            "1e3",
            "QUEUED",
            "CANCELLED",
            "figure-2",
            "2026-11-23T09:00:00Z",
            "-999999999-01-01T00:00:00Z",
            "true",
            "false",
            "TRUE",
            "{id}",
            "MCBnIDEgLTE",
            "MQ",
            "",
            "'; drop table cell; --",
            "%27%20or%201=1",
            "%25",
            "_");

    private static final List<String> TYPES = List.of(
            "application/json",
            "application/json;charset=utf-8",
            "application/json;charset=utf-16",
            "application/json;charset=nosuch",
            "APPLICATION/JSON",
            "application/*",
            "*/*",
            "text/plain",
            "application/problem+json",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "multipart/form-data; boundary=x",
            "multipart/form-data; boundary=",
            "application/",
            "json",
            "",
            ";",
            "application/json; charset",
            "application/json;q=\"",
            bytes("application/jsön"));

    private static final List<String> ACCEPTED = List.of(
            "*/*",
            "application/json",
            "text/csv",
            "image/png",
            "application/x-npy",
            "text/html",
            "application/problem+json",
            "application/*+json",
            "nonsense",
            "a/b/c",
            ";;;",
            "application/json;q=2",
            "*/json",
            "",
            "application/json;charset=\"",
            "text/csv, */*;q=0.1",
            "application/json;charset=nosuch",
            "application/yaml",
            "application/json;q=0",
            "text/event-stream",
            "image/svg+xml;charset=utf-16",
            "a/b, ".repeat(100) + "*/*",
            "üb/er");

    private static final List<String> HEADERS = List.of(
            "Accept-Encoding: gzip, br",
            "Accept-Encoding: identity;q=0",
            "Accept-Encoding: ,,;q=",
            "Accept-Language: xx-, *",
            "Accept-Language: " + "x-".repeat(500),
            "Accept-Charset: nosuch",
            "Range: bytes=0-10",
            "Range: bytes=-1",
            "Range: bytes=9999999-",
            "Range: bytes=5-2",
            "Range: bytes=0-0,2-2",
            "Range: lines=1",
            "Range: bytes=" + "0-1,".repeat(300) + "0-1",
            "Range: \u00ff",
            "If-None-Match: *",
            "If-None-Match: W/\"x\"",
            "If-None-Match: \"",
            "If-None-Match: x",
            "If-None-Match: ",
            "If-Match: *",
            "If-Match: \"x\"",
            "If-Match: x",
            "If-Modified-Since: Wed, 21 Oct 2015 07:28:00 GMT",
            "If-Modified-Since: yesterday",
            "If-Unmodified-Since: Wed, 21 Oct 2015 07:28:00 GMT",
            "If-Unmodified-Since: x",
            "If-Range: \"x\"",
            "Expect: 100-continue",
            "Content-Encoding: gzip",
            "Content-Encoding: x",
            "Idempotency-Key: {key}",
            "Idempotency-Key: {key}",
            "Idempotency-Key: ",
            "Idempotency-Key: " + "k".repeat(256),
            "Idempotency-Key: a\tb",
            "Idempotency-Key: ü",
            "Idempotency-Key: a\r\nIdempotency-Key: b",
            "Origin: https://elsewhere.example",
            "Origin: null",
            "Origin: https://elsewhere.example\r\nAccess-Control-Request-Method: POST",
            "Access-Control-Request-Method: DELETE",
            "Cookie: a=b; =; \"",
            "Cookie: JSESSIONID=../../x",
            "Authorization: Bearer \u0080",
            "Authorization: Basic !!!",
            "Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAAA",
            "Connection: upgrade\r\nUpgrade: websocket",
            "Connection: close",
            "Connection: keep-alive, x",
            "TE: trailers",
            "Trailer: Content-Length",
            "X-HTTP-Method-Override: DELETE",
            "X-Forwarded-Proto: x",
            "X-Forwarded-For: ,",
            "Forwarded: host=\"",
            "Last-Event-ID: x",
            "Max-Forwards: 0",
            "Content-Disposition: form-data",
            "X-Large: " + "h".repeat(5000),
            "X-Same: a\r\n".repeat(50) + "X-Same: a",
            "X-High: \u00e9\u00ff",
            "X-Tab:\ta\t",
            "Sec-Fetch-Site: cross-site");

    /** Headers that are none, or too much. */
    private static final List<String> BROKEN_HEADERS = List.of(
            "Expect: miracles",
            "Origin: \\",
            "Host: other",
            "Host: a b",
            "Host: [::1",
            "X-Forwarded-Host: a b",
            "X-Huge: " + "h".repeat(9000),
            "X-Huge: " + "h".repeat(100_000),
            IntStream.range(0, 150).mapToObj(i -> "X-" + i + ": " + i).collect(Collectors.joining("\r\n")),
            "X-Control: a\u0001b",
            "X-Nul: a\0b",
            "X Y: z",
            ": nameless",
            "colonless",
            " folded",
            "X-Folded: a\r\n b",
            "X-Cr: a\rb",
            "X-Ünicode: a",
            "X-Lf: a\nX-B: c",
            "(x): y",
            "Referer: \u007f");

    private static final List<String> VERSIONS = List.of(
            "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.1 x", "HTTP/11", "FTP/1.1", "\u00ff");

    private final long seed;

    GeneratedRequests(long seed) {
        this.seed = seed;
    }

    /**
     * Experiments that there are.
     *
     * @param measured has results; never deleted
     * @param cancelled may be retried and deleted
     */
    record Ids(String measured, String cancelled) {}

    /**
     * A request, ready for the wire.
     *
     * @param head up to the empty line
     * @param body with its framing
     */
    record Request(String method, String head, byte[] body) {

        byte[] bytes() {
            byte[] start = head.getBytes(ISO_8859_1);
            byte[] all = Arrays.copyOf(start, start.length + body.length);
            System.arraycopy(body, 0, all, start.length, body.length);
            return all;
        }

        boolean hasKey() {
            return head.contains("Idempotency-Key:");
        }

        @Override
        public String toString() {
            String beginning = new String(body, 0, Math.min(body.length, 400), ISO_8859_1);
            return head.substring(0, Math.min(head.length(), 2000)) + beginning + "\n(" + body.length
                    + " bytes of body)";
        }
    }

    Request request(int number, Ids ids) {
        Random random = new Random(seed * 1_000_003 + number);
        return new Draw(random, ids).request();
    }

    /** UTF-8 as it comes out where each character is written as one byte. */
    private static String bytes(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }

    /** One request in the making. */
    private static final class Draw {

        private final Random random;
        private final Ids ids;
        private final List<String> headers = new ArrayList<>();

        Draw(Random random, Ids ids) {
            this.random = random;
            this.ids = ids;
        }

        Request request() {
            return switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> submission();
                case 4, 5, 6 -> of("GET", withQuery(one(READS)), rarely() ? content() : null);
                case 7 -> change();
                default ->
                    of(
                            one(METHODS),
                            withQuery(one(random.nextInt(3) == 0 ? CHANGES : READS)),
                            random.nextBoolean() ? content() : null);
            };
        }

        private Request submission() {
            headers.add("Content-Type: " + (rarely() ? one(TYPES) : "application/json"));
            String query = random.nextInt(6) == 0 ? "?dryRun=" + one(List.of("true", "true", "false", "x")) : "";
            return of("POST", API + query, content());
        }

        private Request change() {
            String target = one(CHANGES);
            return of(
                    target.endsWith("{id}") ? "DELETE" : "POST",
                    rarely() ? withQuery(target) : target,
                    rarely() ? content() : null);
        }

        private Request of(String method, String path, byte @Nullable [] content) {
            for (int more = random.nextInt(3); more > 0; more--) {
                headers.add(
                        random.nextInt(3) == 0 ? "Accept: " + one(ACCEPTED) : one(rarely() ? BROKEN_HEADERS : HEADERS));
            }
            if (content != null && headers.isEmpty() && random.nextBoolean()) {
                headers.add("Content-Type: " + one(TYPES));
            }
            byte[] body = content == null ? new byte[0] : framed(content);
            if (random.nextInt(50) > 0) {
                headers.addFirst("Host: 127.0.0.1");
            }
            String target = filled(path, method.equals("DELETE"));
            String version = random.nextInt(40) == 0 ? one(VERSIONS) : "HTTP/1.1";
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
                        .append(waits ? "wait" : one(PARAMETERS))
                        .append(random.nextInt(20) == 0 ? "" : "=")
                        .append(waits ? one(List.of("0", "61", "x", "1.5", "9".repeat(20))) : value());
                mark = one(List.of("&", "&", "&", "&&", ";", "?"));
            }
            return query.toString();
        }

        private String value() {
            return random.nextInt(4) == 0 ? odd() : one(VALUES).replace(" ", "%20");
        }

        private String odd() {
            return one(rarely() ? BROKEN : ODD);
        }

        private byte[] content() {
            return switch (random.nextInt(24)) {
                case 0 -> tiny("x", " ".repeat(one(List.of(10, 1000, MIB - 200, MIB, 2 * MIB, 5 * MIB - 200))));
                case 1 ->
                    one(List.of("[", "{\"a\":", "[[],"))
                            .repeat(one(List.of(33, 1000, 100_000, MIB / 8)))
                            .getBytes(UTF_8);
                case 2 ->
                    ("{\"runs\": "
                                    + one(List.of(
                                            "9".repeat(1000), "9".repeat(MIB / 2), "1e999999999", "-0", "1e-999999999"))
                                    + "}")
                            .getBytes(UTF_8);
                case 3 ->
                    tiny(one(List.of("x", "β", "\\u0000", "\\ud800")).repeat(one(List.of(10, 300, MIB / 8, MIB))), "");
                case 4 -> half(spec(0));
                case 5 -> encoded(new String(spec(0), UTF_8));
                case 6 -> noise(random.nextInt(3000));
                case 7 -> new byte[one(List.of(0, 1, MIB, MIB + 1, 5 * MIB))];
                case 8 ->
                    one(List.of(
                                    "runs=5&a=b",
                                    "a=b&".repeat(2000),
                                    "--x\r\nContent-Disposition: form-data\r\n\r\n--x--",
                                    "--x\r\n",
                                    "%zz=%"))
                            .getBytes(UTF_8);
                case 9, 10, 11 -> tiny("tiny", "");
                case 12, 13 -> spec(0);
                default -> spec(1 + random.nextInt(3));
            };
        }

        private byte[] spec(int mutations) {
            return new MutatedSpecs(random).body(mutations);
        }

        /** A specification of one cell. */
        private byte[] tiny(String name, String padding) {
            return "{%s\"name\": \"%s\", \"networks\": [{\"family\": \"white-noise\"}], \"inputs\": {\"type\": \"grid\", \"points\": 17}, \"runs\": 5, \"seed\": %d}"
                    .formatted(padding, name, random.nextInt(3))
                    .getBytes(UTF_8);
        }

        private byte[] half(byte[] whole) {
            return Arrays.copyOf(whole, random.nextInt(whole.length));
        }

        private byte[] encoded(String text) {
            return switch (random.nextInt(4)) {
                case 0 -> text.getBytes(UTF_16);
                case 1 -> text.getBytes(Charset.forName("UTF-32LE"));
                case 2 -> ("\ufeff" + text).getBytes(UTF_8);
                default -> text.replace("net", "nét").getBytes(ISO_8859_1);
            };
        }

        private byte[] noise(int size) {
            byte[] noise = new byte[size];
            random.nextBytes(noise);
            return noise;
        }

        /** Says in the headers how long the content is, most often truly. */
        private byte[] framed(byte[] content) {
            int length = content.length;
            if (random.nextInt(12) == 0) {
                headers.add("Content-Length: "
                        + one(List.of(
                                "-1",
                                "+5",
                                "0x10",
                                "",
                                "1, 1",
                                "9".repeat(20),
                                "9".repeat(9),
                                "" + (length + 1),
                                "" + length / 2,
                                length + " x",
                                length + "\r\nContent-Length: " + length,
                                length + "\r\nContent-Length: " + (length + 1),
                                length + "\r\nTransfer-Encoding: chunked")));
                return content;
            }
            if (random.nextInt(12) == 0) {
                headers.add("Transfer-Encoding: "
                        + one(List.of(
                                "gzip",
                                "gzip, chunked",
                                "chunked, chunked",
                                "identity",
                                "xchunked",
                                "",
                                "\u000bchunked")));
                return chunked(content);
            }
            if (random.nextInt(20) == 0) {
                return content;
            }
            if (random.nextInt(20) == 0) {
                headers.add("Content-Encoding: gzip");
                byte[] zipped = zipped(content);
                headers.add("Content-Length: " + zipped.length);
                return zipped;
            }
            if (random.nextInt(4) == 0) {
                headers.add("Transfer-Encoding: chunked");
                byte[] chunks = chunked(content);
                return random.nextInt(5) == 0 ? half(chunks) : chunks;
            }
            headers.add("Content-Length: " + length);
            return content;
        }

        private byte[] chunked(byte[] content) {
            ByteArrayOutputStream chunks = new ByteArrayOutputStream();
            int most = one(List.of(1 << 10, 1 << 16, MIB));
            for (int start = 0; start < content.length; ) {
                int size = Math.min(1 + random.nextInt(most), content.length - start);
                String said = random.nextInt(200) == 0
                        ? one(List.of("-1", "x", "", "7fffffffffffffff", "0"))
                        : Integer.toHexString(size);
                chunks.writeBytes((said + one(List.of("", "", ";a=b", ";a=\"\u0001\"")) + "\r\n").getBytes(ISO_8859_1));
                chunks.write(content, start, size);
                chunks.writeBytes("\r\n".getBytes(ISO_8859_1));
                start += size;
            }
            String trailer = random.nextInt(10) == 0
                    ? one(List.of(
                            "X-Trailer: a\r\n",
                            "Content-Length: 5\r\n",
                            "broken\r\n",
                            "X: " + "t".repeat(9000) + "\r\n"))
                    : "";
            chunks.writeBytes(("0\r\n" + trailer + "\r\n").getBytes(ISO_8859_1));
            return chunks.toByteArray();
        }

        private static byte[] zipped(byte[] content) {
            ByteArrayOutputStream zipped = new ByteArrayOutputStream();
            try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
                zip.write(content);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return zipped.toByteArray();
        }

        private boolean rarely() {
            return random.nextInt(8) == 0;
        }

        private <T> T one(List<T> choices) {
            return choices.get(random.nextInt(choices.size()));
        }
    }
}
