package org.shatterlab.worker;

import java.lang.management.ManagementFactory;
import org.springframework.util.unit.DataSize;

/** The memory that one cell may use, as a share of the memory of this machine or container. */
final class MemoryShare {

    /** The memory of the JVM outside its heap, and of the engine without arrays. */
    private static final long OVERHEAD = DataSize.ofMegabytes(768).toBytes();

    private static final long MIN_BYTES = DataSize.ofMegabytes(64).toBytes();

    private MemoryShare() {}

    /** Returns the share of one cell in bytes, if this many cells are computed at the same time. */
    static long share(int threads) {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long arrays = system.getTotalMemorySize() - Runtime.getRuntime().maxMemory() - OVERHEAD;
        return Math.max(MIN_BYTES, arrays / threads);
    }
}
