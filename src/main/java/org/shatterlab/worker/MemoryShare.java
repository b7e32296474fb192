package org.shatterlab.worker;

import java.lang.management.ManagementFactory;
import org.springframework.util.unit.DataSize;

/** What a cell may take of this machine's memory, or of its container's. */
final class MemoryShare {

    /** What the JVM needs beside its heap, and the engine without any arrays. */
    private static final long OVERHEAD = DataSize.ofMegabytes(768).toBytes();

    private static final long MIN_BYTES = DataSize.ofMegabytes(64).toBytes();

    private MemoryShare() {}

    /** The share of one of so many cells that are computed at a time, in bytes. */
    static long share(int threads) {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long arrays = system.getTotalMemorySize() - Runtime.getRuntime().maxMemory() - OVERHEAD;
        return Math.max(MIN_BYTES, arrays / threads);
    }
}
