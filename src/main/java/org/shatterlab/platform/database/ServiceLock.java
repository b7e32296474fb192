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
 * The right to use a data folder, which one living service has at a time: the system takes it back when the process
 * dies, however it dies.
 */
record ServiceLock(FileLock lock) implements AutoCloseable {

    static ServiceLock take(Path dataDir) throws IOException {
        Path file = dataDir.resolve("service.lock");
        FileChannel channel = FileChannel.open(file, CREATE, WRITE);
        FileLock lock = tryLock(channel);
        if (lock == null) {
            channel.close();
            throw new EmbeddedPostgresException(
                    "Another Shatterlab service, process %s, is running on the data folder %s."
                            .formatted(Files.readString(file), dataDir),
                    "Stop that service, or give this one another folder: set SHATTERLAB_DATA_DIR.",
                    null);
        }
        channel.truncate(0)
                .write(UTF_8.encode(Long.toString(ProcessHandle.current().pid())));
        return new ServiceLock(lock);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            // Beyond the text, since Windows keeps others from reading what is locked.
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
