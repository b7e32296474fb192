package org.shatterlab.service.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.shatterlab.experiment.spec.MutatedSpecs;

/** What {@link GeneratedRequests} carry: specifications and what is none, and how they go over the wire. */
final class GeneratedBodies {

    private static final int MIB = 1 << 20;

    private final RandomChoices random;

    GeneratedBodies(RandomChoices random) {
        this.random = random;
    }

    byte[] content() {
        return switch (random.nextInt(24)) {
            case 0 -> tiny("x", " ".repeat(random.one(List.of(10, 1000, MIB - 200, MIB, 2 * MIB, 5 * MIB - 200))));
            case 1 ->
                random.one(List.of("[", "{\"a\":", "[[],"))
                        .repeat(random.one(List.of(33, 1000, 100_000, MIB / 8)))
                        .getBytes(UTF_8);
            case 2 ->
                ("{\"runs\": "
                                + random.one(List.of(
                                        "9".repeat(1000), "9".repeat(MIB / 2), "1e999999999", "-0", "1e-999999999"))
                                + "}")
                        .getBytes(UTF_8);
            case 3 ->
                tiny(
                        random.one(List.of("x", "β", "\\u0000", "\\ud800"))
                                .repeat(random.one(List.of(10, 300, MIB / 8, MIB))),
                        "");
            case 4 -> half(spec(0));
            case 5 -> encoded(new String(spec(0), UTF_8));
            case 6 -> noise(random.nextInt(3000));
            case 7 -> new byte[random.one(List.of(0, 1, MIB, MIB + 1, 5 * MIB))];
            case 8 ->
                random.one(List.of(
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
    byte[] framed(byte[] content, List<String> headers) {
        int length = content.length;
        if (random.nextInt(12) == 0) {
            headers.add("Content-Length: "
                    + random.one(List.of(
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
                    + random.one(List.of(
                            "gzip", "gzip, chunked", "chunked, chunked", "identity", "xchunked", "", "\u000bchunked")));
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
        int most = random.one(List.of(1 << 10, 1 << 16, MIB));
        for (int start = 0; start < content.length; ) {
            int size = Math.min(1 + random.nextInt(most), content.length - start);
            String said = random.nextInt(200) == 0
                    ? random.one(List.of("-1", "x", "", "7fffffffffffffff", "0"))
                    : Integer.toHexString(size);
            chunks.writeBytes(
                    (said + random.one(List.of("", "", ";a=b", ";a=\"\u0001\"")) + "\r\n").getBytes(ISO_8859_1));
            chunks.write(content, start, size);
            chunks.writeBytes("\r\n".getBytes(ISO_8859_1));
            start += size;
        }
        String trailer = random.nextInt(10) == 0
                ? random.one(List.of(
                        "X-Trailer: a\r\n", "Content-Length: 5\r\n", "broken\r\n", "X: " + "t".repeat(9000) + "\r\n"))
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
}
