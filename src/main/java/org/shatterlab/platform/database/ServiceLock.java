package org.shatterlab.platform.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An exclusive lock on a data folder. One running service holds the lock at a time. The operating system releases the
 * lock when the process ends, also after a crash or a kill.
 */
record ServiceLock(FileLock lock) implements AutoCloseable {

    /**
     * Acquires the lock of a data folder and writes the number of this process into the lock file.
     *
     * @throws UnusableDatabaseException if another service holds the lock
     * @throws IOException if the lock file cannot be written
     */
    static ServiceLock acquire(Path dataDir) throws IOException {
        Path file = dataDir.resolve("service.lock");
        FileChannel channel = FileChannel.open(file, CREATE, WRITE);
        FileLock lock = tryLock(channel);
        if (lock == null) {
            channel.close();
            throw new UnusableDatabaseException(
                    "Another Shatterlab service, process %s, uses the data folder %s."
                            .formatted(Files.readString(file), dataDir),
                    "Stop the other service, or set SHATTERLAB_DATA_DIR to another folder for this service.",
                    null);
        }
        channel.truncate(0)
                .write(UTF_8.encode(Long.toString(ProcessHandle.current().pid())));
        return new ServiceLock(lock);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            // Windows blocks reads of a locked range, so the locked byte lies beyond the text.
            return channel.tryLock(Long.MAX_VALUE - 1, 1, false);
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        lock.acquiredBy().close();
    }
}
