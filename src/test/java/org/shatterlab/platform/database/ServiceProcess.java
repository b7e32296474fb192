package org.shatterlab.platform.database;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.shatterlab.JavaProcess;

/** A separate process that a test can kill. The process writes a row into a table {@code kept} and then waits. */
final class ServiceProcess {

    private static final String READY = "ready to be killed";

    private ServiceProcess() {}

    /** Starts the process and waits until it has written the row. */
    static JavaProcess start(Path dataDir) throws InterruptedException {
        JavaProcess process =
                JavaProcess.start(dataDir.resolve("output"), ServiceProcess.class, List.of(dataDir.toString()));
        while (!process.output().contains(READY)) {
            process.requireAlive();
            Thread.sleep(20);
        }
        return process;
    }

    public static void main(String[] args) throws Exception {
        EmbeddedPostgres server = EmbeddedPostgres.start(Path.of(args[0]));
        DataFolders.execute(server, "CREATE TABLE kept AS SELECT 'a row' AS content");
        System.out.println(READY);
        new CountDownLatch(1).await();
    }
}
