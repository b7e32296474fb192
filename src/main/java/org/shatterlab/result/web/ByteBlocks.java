package org.shatterlab.result.web;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** Bytes in memory, in blocks of equal length. Appending bytes therefore copies no earlier bytes. Not thread-safe. */
final class ByteBlocks extends OutputStream {

    private static final int BLOCK_LENGTH = 1 << 16;

    private final List<byte[]> blocks = new ArrayList<>();
    private int size;

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        int written = 0;
        while (written < length) {
            int used = size % BLOCK_LENGTH;
            if (used == 0) {
                blocks.add(new byte[BLOCK_LENGTH]);
            }
            int copied = Math.min(length - written, BLOCK_LENGTH - used);
            System.arraycopy(source, offset + written, blocks.getLast(), used, copied);
            size += copied;
            written += copied;
        }
    }

    /** Returns the number of bytes. */
    int size() {
        return size;
    }

    /** Writes all bytes to another stream. */
    void writeTo(OutputStream target) throws IOException {
        for (int i = 0; i < blocks.size(); i++) {
            target.write(blocks.get(i), 0, Math.min(BLOCK_LENGTH, size - i * BLOCK_LENGTH));
        }
    }
}
