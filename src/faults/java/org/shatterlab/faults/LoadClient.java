package org.shatterlab.faults;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * An HTTP client that uses little processor time, so that it does not slow the service under load. The client keeps its
 * connection for as long as the service does. The client parses only the parts of a response that it needs: the status,
 * the end and the header {@code Connection}. Not thread-safe.
 */
final class LoadClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 30_000;
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END_OF_CHUNKS = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final int port;
    private Socket socket;
    private byte[] buffer = new byte[1 << 14];

    LoadClient(int port) throws IOException {
        this.port = port;
        this.socket = connect(port);
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    /**
     * The measurements of a load.
     *
     * @param sorted times of all requests in nanoseconds, in ascending order
     * @param seconds duration of the load
     * @param failures number of responses with an unexpected status
     */
    record Load(long[] sorted, double seconds, int failures) {

        double perSecond() {
            return sorted.length / seconds;
        }

        double percentileMillis(int percent) {
            return sorted.length == 0 ? Double.NaN : sorted[(int) ((sorted.length - 1) * (percent / 100.0))] / 1e6;
        }
    }

    /**
     * Sends requests on several connections at once. Each connection sends its next request as soon as it has the
     * response to the previous request.
     *
     * @param status expected status of the responses
     * @param requests bytes of a request by its number
     */
    static Load load(int port, int connections, Duration time, int status, IntFunction<byte[]> requests)
            throws ExecutionException, InterruptedException {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger failures = new AtomicInteger();
        long start = System.nanoTime();
        long end = start + time.toNanos();
        List<Long> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
            List<Future<List<Long>>> clients = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                clients.add(threads.submit(() -> {
                    List<Long> times = new ArrayList<>();
                    try (LoadClient client = new LoadClient(port)) {
                        while (System.nanoTime() < end) {
                            byte[] request = requests.apply(next.getAndIncrement());
                            long sent = System.nanoTime();
                            if (client.status(request) != status) {
                                failures.incrementAndGet();
                            }
                            times.add(System.nanoTime() - sent);
                        }
                    }
                    return times;
                }));
            }
            for (Future<List<Long>> client : clients) {
                all.addAll(client.get());
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Load(all.stream().mapToLong(Long::longValue).sorted().toArray(), seconds, failures.get());
    }

    /** Sends a request, reads the whole response and returns its status. */
    int status(byte[] request) throws IOException {
        exchange(request);
        return Integer.parseInt(new String(buffer, 9, 3, StandardCharsets.US_ASCII));
    }

    /** Sends a request and returns the whole response: the head, and the body with its framing. */
    String response(byte[] request) throws IOException {
        int size = exchange(request);
        return new String(buffer, 0, size, StandardCharsets.UTF_8);
    }

    private int exchange(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        InputStream in = socket.getInputStream();
        int size = 0;
        int whole = -1;
        boolean chunked = false;
        boolean last = false;
        while (size != whole && !(chunked && endsWith(END_OF_CHUNKS, size))) {
            if (size == buffer.length) {
                buffer = Arrays.copyOf(buffer, 2 * size);
            }
            int read = in.read(buffer, size, buffer.length - size);
            if (read < 0) {
                throw new EOFException("The connection ended after " + size + " bytes of a response.");
            }
            size += read;
            if (whole < 0 && !chunked) {
                int head = endOfHead(size);
                if (head >= 0) {
                    String fields = new String(buffer, 0, head, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
                    int length = contentLength(fields);
                    whole = length < 0 ? -1 : head + length;
                    chunked = length < 0;
                    last = fields.contains("\r\nconnection: close\r\n");
                }
            }
        }
        if (last) {
            socket.close();
            socket = connect(port);
        }
        return size;
    }

    private boolean endsWith(byte[] end, int size) {
        return size >= end.length && Arrays.equals(buffer, size - end.length, size, end, 0, end.length);
    }

    private int endOfHead(int size) {
        for (int i = END_OF_HEAD.length; i <= size; i++) {
            if (endsWith(END_OF_HEAD, i)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns the length of the body, or -1 if the body comes in chunks. */
    private static int contentLength(String fields) {
        String name = "\r\ncontent-length:";
        int start = fields.indexOf(name);
        int value = start + name.length();
        return start < 0
                ? -1
                : Integer.parseInt(
                        fields.substring(value, fields.indexOf('\r', value)).strip());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
