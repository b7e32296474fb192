package org.shatterlab.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.shatterlab.JavaProcess;
import org.shatterlab.ShatterlabApplication;

/** A service in a process of its own, that can be killed, at an address that the next one may take over. */
record ServiceProcess(JavaProcess process, Service client) implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 180;

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a service and does not wait for it. */
    static ServiceProcess start(Path dataFolder, int port, List<String> arguments) {
        List<String> all = new ArrayList<>(
                List.of("--server.port=" + port, "--shatterlab.welcome=false", "--shatterlab.data-dir=" + dataFolder));
        all.addAll(arguments);
        JavaProcess process = JavaProcess.start(dataFolder.resolve("output"), ShatterlabApplication.class, all);
        return new ServiceProcess(process, Service.at("http://127.0.0.1:" + port));
    }

    ServiceProcess awaitReady() {
        Instant deadline = Instant.now().plusSeconds(PATIENCE_SECONDS);
        while (!answers()) {
            process.requireAlive();
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("not ready in " + PATIENCE_SECONDS + " s:\n" + process.output());
            }
            Service.sleep();
        }
        return this;
    }

    private boolean answers() {
        try {
            return client.get("/api/v1/presets").statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Kills it as {@code kill -9} does. */
    @Override
    public void close() {
        process.close();
        client.close();
    }
}
