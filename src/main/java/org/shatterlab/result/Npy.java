package org.shatterlab.result;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes matrices in NumPy's file format NPY, version 1.0. A file consists of the magic string, the version, the length
 * of the header as a little-endian uint16, the header and the data. The header is a Python dictionary in ASCII. Spaces
 * and a final line feed pad the header, so that the data start at a multiple of 64 bytes.
 */
public final class Npy {

    /** The media type of an NPY file. */
    public static final String TYPE = "application/x-npy";

    private static final byte[] MAGIC_AND_VERSION = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int ALIGNMENT = 64;

    private Npy() {}

    /** Returns the file of a matrix, with float64 entries, little-endian, in C order. */
    public static byte[] write(AveragedMatrix matrix) {
        byte[] header = header(matrix);
        ByteBuffer file = ByteBuffer.allocate(
                        MAGIC_AND_VERSION.length + Short.BYTES + header.length + matrix.values().length * Double.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.put(MAGIC_AND_VERSION).putShort((short) header.length).put(header);
        file.asDoubleBuffer().put(matrix.values());
        return file.array();
    }

    private static byte[] header(AveragedMatrix matrix) {
        String dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + matrix.rows() + ", "
                + matrix.columns() + "), }";
        int unpadded = MAGIC_AND_VERSION.length + Short.BYTES + dictionary.length() + 1;
        String padding = " ".repeat(Math.ceilDiv(unpadded, ALIGNMENT) * ALIGNMENT - unpadded);
        return (dictionary + padding + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
