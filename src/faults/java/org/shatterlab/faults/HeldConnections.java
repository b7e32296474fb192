package org.shatterlab.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The connections of a client that sends something on each of them and does not read. */
final class HeldConnections implements AutoCloseable {

    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final int ANSWER_TIMEOUT_MILLIS = 20;

    /** A small buffer makes the service notice that the client does not read. */
    private static final int RECEIVE_BUFFER_BYTES = 4096;

    private final int number;
    private final List<Socket> open = new ArrayList<>();

    private HeldConnections(int number) {
        this.number = number;
    }

    /** Opens a number of connections and sends the same text on each. */
    static HeldConnections open(int port, int number, String start) {
        HeldConnections connections = new HeldConnections(number);
        for (int i = 0; i < number; i++) {
            Socket socket = new Socket();
            try {
                socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_TIMEOUT_MILLIS);
                socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
                connections.open.add(socket);
            } catch (IOException e) {
                close(socket);
            }
        }
        return connections;
    }

    /** Sends a text on each connection that the service has not closed. */
    void send(String text) {
        open.removeIf(socket -> {
            try {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                return false;
            } catch (IOException e) {
                close(socket);
                return true;
            }
        });
    }

    /**
     * Returns the number of connections by their outcome: the status of the response, {@code closed}, or {@code silent}
     * for an open connection without a response.
     */
    Map<String, Integer> outcomes() {
        Map<String, Integer> outcomes = new TreeMap<>();
        outcomes.put("closed", number - open.size());
        open.forEach(socket -> outcomes.merge(outcome(socket), 1, Integer::sum));
        return outcomes;
    }

    private static String outcome(Socket socket) {
        try {
            socket.setSoTimeout(ANSWER_TIMEOUT_MILLIS);
            byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            return line.length == 0
                    ? "closed"
                    : new String(line, StandardCharsets.US_ASCII).substring("HTTP/1.1 ".length());
        } catch (SocketTimeoutException e) {
            return "silent";
        } catch (IOException e) {
            return "closed";
        }
    }

    @Override
    public void close() {
        open.forEach(HeldConnections::close);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
