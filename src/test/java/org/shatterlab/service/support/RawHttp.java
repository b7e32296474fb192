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

/**
 * An HTTP client for raw bytes. The client sends any bytes as a request, and accepts only a complete HTTP/1.1 response
 * (RFC 9112).
 */
public final class RawHttp {

    private static final int TIMEOUT_MILLIS = 30_000;

    private RawHttp() {}

    /**
     * A response.
     *
     * @param status status code
     * @param headers values by header name, which is case-insensitive, in the order of the header lines
     * @param body body without the framing; empty if the response has no body
     */
    public record RawResponse(int status, Map<String, List<String>> headers, byte[] body) {

        /** Returns the first value of a header. */
        public Optional<String> header(String name) {
            return headers.getOrDefault(name, List.of()).stream().findFirst();
        }
    }

    /**
     * Sends a request on a new connection, closes the sending side and reads the response.
     *
     * @param port port on the loopback interface
     * @param bodiless whether a response to the method has no body even if its headers declare a length, as for HEAD
     * @throws IOException if the response is malformed or incomplete
     * @throws NumberFormatException if a declared length is not a number
     */
    public static RawResponse exchange(int port, byte[] request, boolean bodiless) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            // The server may respond and close the connection before it has read the whole request.
            var _ = Thread.ofVirtual().start(() -> write(socket, request));
            return read(new BufferedInputStream(socket.getInputStream()), bodiless);
        }
    }

    private static void write(Socket socket, byte[] request) {
        try {
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
        } catch (IOException _) {
            // The server may stop reading early. The response shows whether the server was right to do so.
        }
    }

    /**
     * Reads a response and skips interim responses (1xx).
     *
     * @throws IOException if the response is malformed or incomplete
     * @throws NumberFormatException if a declared length is not a number
     */
    public static RawResponse read(InputStream in, boolean bodiless) throws IOException {
        while (true) {
            String start = readLine(in);
            if (!start.matches("HTTP/1\\.1 [1-5]\\d\\d( .*)?")) {
                throw new ProtocolException("The response must start with a status line, but starts with: " + start);
            }
            int status = Integer.parseInt(start.substring(9, 12));
            Map<String, List<String>> headers = readHeaders(in);
            if (status >= 200) {
                boolean empty = bodiless || status == 204 || status == 304;
                return new RawResponse(status, headers, empty ? new byte[0] : readBody(in, headers));
            }
        }
    }

    private static Map<String, List<String>> readHeaders(InputStream in) throws IOException {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new ProtocolException("A header line must have a name and a colon, but is: " + line);
            }
            headers.computeIfAbsent(line.substring(0, colon), _ -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static byte[] readBody(InputStream in, Map<String, List<String>> headers) throws IOException {
        List<String> length = headers.getOrDefault("Content-Length", List.of());
        if (headers.containsKey("Transfer-Encoding")) {
            if (!length.isEmpty()) {
                throw new ProtocolException("A response must not have both Transfer-Encoding and Content-Length.");
            }
            return readChunks(in);
        }
        if (length.size() == 1) {
            return readExactly(in, Integer.parseInt(length.getFirst()));
        }
        if (!headers.getOrDefault("Connection", List.of()).contains("close")) {
            throw new ProtocolException("The headers must declare the end of the body, but are: " + headers);
        }
        return in.readAllBytes();
    }

    private static byte[] readChunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = readChunkSize(in); size > 0; size = readChunkSize(in)) {
            body.write(readExactly(in, size));
            if (!readLine(in).isEmpty()) {
                throw new ProtocolException("A chunk is longer than its declared size.");
            }
        }
        readHeaders(in);
        return body.toByteArray();
    }

    private static int readChunkSize(InputStream in) throws IOException {
        return Integer.parseInt(readLine(in), 16);
    }

    private static byte[] readExactly(InputStream in, int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("The connection ended after " + bytes.length + " of " + size + " bytes.");
        }
        return bytes;
    }

    private static String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("The connection ended after \"" + line.toString(ISO_8859_1) + "\".");
            }
            line.write(next);
        }
        String text = line.toString(ISO_8859_1);
        if (!text.endsWith("\r")) {
            throw new ProtocolException("A line must end with a carriage return and a line feed, but is: " + text);
        }
        return text.substring(0, text.length() - 1);
    }
}
