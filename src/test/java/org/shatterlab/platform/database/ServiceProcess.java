package org.shatterlab.platform.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A service in a process of its own, that can be killed: it writes a row into a table {@code kept} and then waits. */
final class ServiceProcess implements AutoCloseable {

    private final Process process;

    private ServiceProcess(Process process) {
        this.process = process;
    }

    static ServiceProcess start(Path dataDir) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServiceProcess.class.getName(),
                        dataDir.toString())
                .redirectError(Redirect.INHERIT)
                .start();
        BufferedReader out = process.inputReader(UTF_8);
        for (String line = out.readLine(); !"ready".equals(line); line = out.readLine()) {
            if (line == null) {
                throw new IllegalStateException("The service process did not start");
            }
        }
        return new ServiceProcess(process);
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    public static void main(String[] args) throws Exception {
        EmbeddedPostgres server = EmbeddedPostgres.start(Path.of(args[0]));
        DataFolders.execute(server, "CREATE TABLE kept AS SELECT 'a row' AS content");
        System.out.println("ready");
        new CountDownLatch(1).await();
    }
}
