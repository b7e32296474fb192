package org.shatterlab.lab.input;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the images of one file of a data set, from the first to the last. */
final class ImageReader implements AutoCloseable {

    private static final int UNSIGNED_BYTES_IN_THREE_DIMENSIONS = 0x803;
    private static final int MAX_LABEL = 9;
    private static final int UNANNOUNCED = Integer.MAX_VALUE;
    private static final int BUFFER = 1 << 16;

    private final Dataset dataset;
    private final DataInputStream in;
    /** A label, where the format has one, and the pixels. */
    private final byte[] record;

    private final int announced;
    private int position;

    /**
     * Opens a file and reads its header.
     *
     * @param file compressed if its name ends in {@code .gz}
     * @param digest to which all is added that is read; null for none
     * @throws EOFException where the file ends too early, here and below
     * @throws FormatException where it is not in the format of the data set, here and below
     */
    ImageReader(Dataset dataset, Path file, @Nullable MessageDigest digest) throws IOException {
        this.dataset = dataset;
        this.record = switch (dataset) {
            case FASHION_MNIST -> new byte[dataset.dimension()];
            case CIFAR_10 -> new byte[1 + dataset.dimension()];
        };
        InputStream bytes = Files.newInputStream(file);
        try {
            InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes, BUFFER) : bytes;
            in = new DataInputStream(
                    new BufferedInputStream(digest == null ? plain : new DigestInputStream(plain, digest), BUFFER));
            announced = switch (dataset) {
                case FASHION_MNIST -> idxHeader();
                case CIFAR_10 -> UNANNOUNCED;
            };
        } catch (IOException e) {
            bytes.close();
            throw e;
        }
    }

    /** What is wrong with a file, as the end of a sentence about it. */
    static final class FormatException extends IOException {
        private static final long serialVersionUID = 1;

        FormatException(String message) {
            super(message);
        }
    }

    private int idxHeader() throws IOException {
        int magic = in.readInt();
        if (magic != UNSIGNED_BYTES_IN_THREE_DIMENSIONS) {
            throw new FormatException("begins with 0x%08x, where images in the IDX format begin with 0x%08x"
                    .formatted(magic, UNSIGNED_BYTES_IN_THREE_DIMENSIONS));
        }
        int images = in.readInt();
        int rows = in.readInt();
        int columns = in.readInt();
        if (images < 1 || rows != dataset.side() || columns != dataset.side()) {
            throw new FormatException("announces %d images of %d x %d pixels, where %s has images of %d x %d"
                    .formatted(images, rows, columns, dataset.apiName(), dataset.side(), dataset.side()));
        }
        return images;
    }

    /** How many images were read or skipped. */
    int position() {
        return position;
    }

    void skip(int images) throws IOException {
        in.skipNBytes(Math.multiplyFull(images, record.length));
        position += images;
    }

    /**
     * Reads the next image.
     *
     * @param pixels a target of channels x height x width unsigned bytes
     * @return whether there was one
     */
    boolean next(byte[] pixels, int offset) throws IOException {
        int length = in.readNBytes(record, 0, record.length);
        if (length == 0 && (announced == UNANNOUNCED || position == announced)) {
            return false;
        }
        if (position == announced) {
            throw new FormatException("goes on after the " + announced + " images that it announces");
        }
        if (length < record.length) {
            throw new EOFException();
        }
        int label = record.length - dataset.dimension();
        if (label > 0 && Byte.toUnsignedInt(record[0]) > MAX_LABEL) {
            throw new FormatException("has the label %d at image %d, where %s has labels from 0 to %d"
                    .formatted(Byte.toUnsignedInt(record[0]), position, dataset.apiName(), MAX_LABEL));
        }
        System.arraycopy(record, label, pixels, offset, dataset.dimension());
        position++;
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
