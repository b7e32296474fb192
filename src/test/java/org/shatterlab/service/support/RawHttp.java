package org.shatterlab.service.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Sends any bytes at all as a request, and takes only a complete HTTP/1.1 answer (RFC 9112) for one. */
public final class RawHttp {

    private static final int PATIENCE_MILLIS = 30_000;

    private RawHttp() {}

    /**
     * An answer.
     *
     * @param headers by name in any case, each with its lines in their order
     */
    public record Answer(int status, Map<String, List<String>> headers, byte[] body) {

        public Optional<String> header(String name) {
            return headers.getOrDefault(name, List.of()).stream().findFirst();
        }
    }

    /**
     * Sends a request on a connection of its own, and nothing after it.
     *
     * @param bodiless whether the answer to its method has no body, whatever its headers say
     * @throws IOException where the answer is not whole
     */
    public static Answer exchange(int port, byte[] request, boolean bodiless) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            // The answer may come, and the connection end, before all of the request is read.
            var _ = Thread.ofVirtual().start(() -> write(socket, request));
            return read(new BufferedInputStream(socket.getInputStream()), bodiless);
        }
    }

    private static void write(Socket socket, byte[] request) {
        try {
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
        } catch (IOException _) {
            // What was answered tells whether that is allowed.
        }
    }

    public static Answer read(InputStream in, boolean bodiless) throws IOException {
        while (true) {
            String start = line(in);
            if (!start.matches("HTTP/1\\.1 [1-5]\\d\\d( .*)?")) {
                throw new ProtocolException("no status line: " + start);
            }
            int status = Integer.parseInt(start.substring(9, 12));
            Map<String, List<String>> headers = fields(in);
            if (status >= 200) {
                boolean empty = bodiless || status == 204 || status == 304;
                return new Answer(status, headers, empty ? new byte[0] : body(in, headers));
            }
        }
    }

    private static Map<String, List<String>> fields(InputStream in) throws IOException {
        Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new ProtocolException("no header: " + line);
            }
            fields.computeIfAbsent(line.substring(0, colon), _ -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        return fields;
    }

    private static byte[] body(InputStream in, Map<String, List<String>> headers) throws IOException {
        List<String> length = headers.getOrDefault("Content-Length", List.of());
        if (headers.containsKey("Transfer-Encoding")) {
            if (!length.isEmpty()) {
                throw new ProtocolException("chunked, and with a length");
            }
            return chunks(in);
        }
        if (length.size() == 1) {
            return exactly(in, Integer.parseInt(length.getFirst()));
        }
        if (!headers.getOrDefault("Connection", List.of()).contains("close")) {
            throw new ProtocolException("nothing says where the body ends: " + headers);
        }
        return in.readAllBytes();
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
            body.write(exactly(in, size));
            if (!line(in).isEmpty()) {
                throw new ProtocolException("a chunk is longer than it says");
            }
        }
        fields(in);
        return body.toByteArray();
    }

    private static int chunkSize(InputStream in) throws IOException {
        return Integer.parseInt(line(in), 16);
    }

    private static byte[] exactly(InputStream in, int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("the connection ended after " + bytes.length + " of " + size + " bytes");
        }
        return bytes;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended after \"" + line.toString(ISO_8859_1) + "\"");
            }
            line.write(next);
        }
        String text = line.toString(ISO_8859_1);
        if (!text.endsWith("\r")) {
            throw new ProtocolException("a line without a carriage return: " + text);
        }
        return text.substring(0, text.length() - 1);
    }
}
