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
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.shatterlab.experiment.spec.MutatedSpecs;

/**
 * A generator of request bodies for {@link GeneratedRequests}. Some bodies are valid specifications, others are mutated
 * specifications or no specifications at all. The generator also chooses the framing of a body on the wire.
 */
final class GeneratedBodies {

    private static final int MIB = 1 << 20;

    private final RandomChoices random;

    GeneratedBodies(RandomChoices random) {
        this.random = random;
    }

    /** Returns the next random body, without framing. */
    byte[] content() {
        return switch (random.nextInt(24)) {
            case 0 ->
                oneCellSpec("x", " ".repeat(random.pick(List.of(10, 1000, MIB - 200, MIB, 2 * MIB, 5 * MIB - 200))));
            case 1 ->
                random.pick(List.of("[", "{\"a\":", "[[],"))
                        .repeat(random.pick(List.of(33, 1000, 100_000, MIB / 8)))
                        .getBytes(UTF_8);
            case 2 ->
                ("{\"runs\": "
                                + random.pick(List.of(
                                        "9".repeat(1000), "9".repeat(MIB / 2), "1e999999999", "-0", "1e-999999999"))
                                + "}")
                        .getBytes(UTF_8);
            case 3 ->
                oneCellSpec(
                        random.pick(List.of("x", "β", "\\u0000", "\\ud800"))
                                .repeat(random.pick(List.of(10, 300, MIB / 8, MIB))),
                        "");
            case 4 -> truncated(spec(0));
            case 5 -> inOtherEncoding(new String(spec(0), UTF_8));
            case 6 -> randomBytes(random.nextInt(3000));
            case 7 -> new byte[random.pick(List.of(0, 1, MIB, MIB + 1, 5 * MIB))];
            case 8 ->
                random.pick(List.of(
                                "runs=5&a=b",
                                "a=b&".repeat(2000),
                                "--x\r\nContent-Disposition: form-data\r\n\r\n--x--",
                                "--x\r\n",
                                "%zz=%"))
                        .getBytes(UTF_8);
            case 9, 10, 11 -> oneCellSpec("tiny", "");
            case 12, 13 -> spec(0);
            default -> spec(1 + random.nextInt(3));
        };
    }

    private byte[] spec(int mutations) {
        return new MutatedSpecs(random).body(mutations);
    }

    /** Returns a specification of one cell. */
    private byte[] oneCellSpec(String name, String padding) {
        return String.format(
                        Locale.ROOT,
                        "{%s\"name\": \"%s\", \"networks\": [{\"family\": \"white-noise\"}], \"inputs\": {\"type\": \"grid\", \"points\": 17}, \"runs\": 5, \"seed\": %d}",
                        padding,
                        name,
                        random.nextInt(3))
                .getBytes(UTF_8);
    }

    /** Returns a random prefix. */
    private byte[] truncated(byte[] whole) {
        return Arrays.copyOf(whole, random.nextInt(whole.length));
    }

    private byte[] inOtherEncoding(String text) {
        return switch (random.nextInt(4)) {
            case 0 -> text.getBytes(UTF_16);
            case 1 -> text.getBytes(Charset.forName("UTF-32LE"));
            case 2 -> ("\ufeff" + text).getBytes(UTF_8);
            default -> text.replace("net", "nét").getBytes(ISO_8859_1);
        };
    }

    private byte[] randomBytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    /**
     * Adds headers that declare the length or the encoding of the content, and returns the content as framed by these
     * headers. Most headers are right. Some headers contradict the content, are malformed or are missing.
     */
    byte[] framed(byte[] content, List<String> headers) {
        int length = content.length;
        if (random.nextInt(12) == 0) {
            headers.add("Content-Length: "
                    + random.pick(List.of(
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
                    + random.pick(List.of(
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
            return random.nextInt(5) == 0 ? truncated(chunks) : chunks;
        }
        headers.add("Content-Length: " + length);
        return content;
    }

    private byte[] chunked(byte[] content) {
        ByteArrayOutputStream chunks = new ByteArrayOutputStream();
        int maxSize = random.pick(List.of(1 << 10, 1 << 16, MIB));
        for (int start = 0; start < content.length; ) {
            int size = Math.min(1 + random.nextInt(maxSize), content.length - start);
            String declaredSize = random.nextInt(200) == 0
                    ? random.pick(List.of("-1", "x", "", "7fffffffffffffff", "0"))
                    : Integer.toHexString(size);
            chunks.writeBytes((declaredSize + random.pick(List.of("", "", ";a=b", ";a=\"\u0001\"")) + "\r\n")
                    .getBytes(ISO_8859_1));
            chunks.write(content, start, size);
            chunks.writeBytes("\r\n".getBytes(ISO_8859_1));
            start += size;
        }
        String trailer = random.nextInt(10) == 0
                ? random.pick(List.of(
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
