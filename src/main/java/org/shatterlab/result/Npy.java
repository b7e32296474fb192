package org.shatterlab.result;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * NumPy's file format, version 1.0: magic, version, the length of the header as a little-endian uint16, the header as a
 * Python dictionary in ASCII, padded with spaces and ended by a line feed so that the data start at a multiple of 64 bytes,
 * and the data.
 */
public final class Npy {

    public static final String TYPE = "application/x-npy";

    private static final byte[] START = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int ALIGNMENT = 64;

    private Npy() {}

    /** A matrix of float64, little-endian, in C order. */
    public static byte[] write(AveragedMatrix matrix) {
        byte[] header = header(matrix);
        ByteBuffer file = ByteBuffer.allocate(
                        START.length + Short.BYTES + header.length + matrix.values().length * Double.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.put(START).putShort((short) header.length).put(header);
        file.asDoubleBuffer().put(matrix.values());
        return file.array();
    }

    private static byte[] header(AveragedMatrix matrix) {
        String dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + matrix.rows() + ", "
                + matrix.columns() + "), }";
        int unpadded = START.length + Short.BYTES + dictionary.length() + 1;
        String padding = " ".repeat(Math.ceilDiv(unpadded, ALIGNMENT) * ALIGNMENT - unpadded);
        return (dictionary + padding + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
