package org.shatterlab.lab.input;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Writes small data sets of random pixels in the formats of the original data sets. */
public final class DatasetFiles {

    private DatasetFiles() {}

    /** Writes an uncompressed Fashion-MNIST with some images. */
    public static void fashionMnist(Path datasets, int images, long seed) {
        write(datasets.resolve("fashion-mnist/train-images-idx3-ubyte"), idx(images, 28, seed));
    }

    /** Writes a CIFAR-10 with some images in each of its five files. */
    public static void cifar10(Path datasets, int imagesPerFile, long seed) {
        for (int file = 1; file <= 5; file++) {
            write(datasets.resolve("cifar-10/data_batch_" + file + ".bin"), cifar(imagesPerFile, seed + file));
        }
    }

    static byte[] idx(int images, int side, long seed) {
        byte[] pixels = new byte[images * side * side];
        new Random(seed).nextBytes(pixels);
        return ByteBuffer.allocate(16 + pixels.length)
                .putInt(0x803)
                .putInt(images)
                .putInt(side)
                .putInt(side)
                .put(pixels)
                .array();
    }

    static byte[] cifar(int images, long seed) {
        Random random = new Random(seed);
        byte[] pixels = new byte[3072];
        ByteBuffer records = ByteBuffer.allocate(images * 3073);
        for (int i = 0; i < images; i++) {
            random.nextBytes(pixels);
            records.put((byte) random.nextInt(10)).put(pixels);
        }
        return records.array();
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(compressed)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }

    static void write(Path file, byte[] content) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
