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
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the images of one file of a data set, from the first to the last. */
final class ImageReader implements AutoCloseable {

    private static final int UNSIGNED_BYTES_IN_THREE_DIMENSIONS = 0x803;
    private static final int MAX_LABEL = 9;

    /** The image count of a format whose header states no count. */
    private static final int UNKNOWN_COUNT = Integer.MAX_VALUE;

    private static final int BUFFER = 1 << 16;

    private final Dataset dataset;
    private final DataInputStream in;

    /** The buffer of one record: the label, if the format has labels, and the pixels. */
    private final byte[] record;

    private final int declaredImages;
    private int position;

    /**
     * Opens a file and reads its header.
     *
     * @param file the file, which is compressed if its name ends in {@code .gz}
     * @param digest the digest that all uncompressed bytes are added to; null for no digest
     * @throws EOFException if the file ends within the header
     * @throws FormatException if the header does not match the data set
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
            declaredImages = switch (dataset) {
                case FASHION_MNIST -> idxHeader();
                case CIFAR_10 -> UNKNOWN_COUNT;
            };
        } catch (IOException e) {
            bytes.close();
            throw e;
        }
    }

    /** Reports an error in the format of a file. The message is the predicate of a sentence about the file. */
    static final class FormatException extends IOException {
        private static final long serialVersionUID = 1;

        FormatException(String message) {
            super(message);
        }
    }

    private int idxHeader() throws IOException {
        int magic = in.readInt();
        if (magic != UNSIGNED_BYTES_IN_THREE_DIMENSIONS) {
            throw new FormatException(String.format(
                    Locale.ROOT,
                    "begins with 0x%08x, but image files in the IDX format begin with 0x%08x",
                    magic,
                    UNSIGNED_BYTES_IN_THREE_DIMENSIONS));
        }
        int images = in.readInt();
        int rows = in.readInt();
        int columns = in.readInt();
        if (images < 1 || rows != dataset.side() || columns != dataset.side()) {
            throw new FormatException(String.format(
                    Locale.ROOT,
                    "declares %d images of %d x %d pixels, but %s has images of %d x %d pixels",
                    images,
                    rows,
                    columns,
                    dataset.apiName(),
                    dataset.side(),
                    dataset.side()));
        }
        return images;
    }

    /** Returns the number of images read or skipped so far. */
    int position() {
        return position;
    }

    /** Skips some images. */
    void skip(int images) throws IOException {
        in.skipNBytes(Math.multiplyFull(images, record.length));
        position += images;
    }

    /**
     * Reads the next image.
     *
     * @param pixels the target, which receives channels x height x width unsigned bytes
     * @param offset the index in the target of the first pixel
     * @return false if the file has no more images
     * @throws EOFException if the file ends within an image or before the last declared image
     * @throws FormatException if a label is too large, or if data follow the last declared image
     */
    boolean next(byte[] pixels, int offset) throws IOException {
        int length = in.readNBytes(record, 0, record.length);
        if (length == 0 && (declaredImages == UNKNOWN_COUNT || position == declaredImages)) {
            return false;
        }
        if (position == declaredImages) {
            throw new FormatException("has data after the " + declaredImages + " images that its header declares");
        }
        if (length < record.length) {
            throw new EOFException();
        }
        int label = record.length - dataset.dimension();
        if (label > 0 && Byte.toUnsignedInt(record[0]) > MAX_LABEL) {
            throw new FormatException(String.format(
                    Locale.ROOT,
                    "has the label %d at image %d, but %s has labels from 0 to %d",
                    Byte.toUnsignedInt(record[0]),
                    position,
                    dataset.apiName(),
                    MAX_LABEL));
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
