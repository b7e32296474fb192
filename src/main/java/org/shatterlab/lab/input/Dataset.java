package org.shatterlab.lab.input;

import java.util.List;
import java.util.stream.IntStream;

/** A set of images that users bring as files, in the form in which it is published; only its training set is used. */
public enum Dataset {
    /** An IDX file: a header of four integers, then the pixels of one image after the other. */
    FASHION_MNIST("fashion-mnist", 1, 28),
    /** The binary version: records of a label and the red, green and blue pixels of an image. */
    CIFAR_10("cifar-10", 3, 32);

    private final String apiName;
    private final int channels;
    private final int side;

    Dataset(String apiName, int channels, int side) {
        this.apiName = apiName;
        this.channels = channels;
        this.side = side;
    }

    public String apiName() {
        return apiName;
    }

    /** The colours of an image. */
    public int channels() {
        return channels;
    }

    /** The height of an image in pixels, which is its width too. */
    public int side() {
        return side;
    }

    /** The dimension d of an image as a point: channels x height x width. */
    public int dimension() {
        return channels * side * side;
    }

    /** The files that hold it, in order. */
    List<String> files() {
        return switch (this) {
            case FASHION_MNIST -> List.of("train-images-idx3-ubyte");
            case CIFAR_10 ->
                IntStream.rangeClosed(1, 5)
                        .mapToObj("data_batch_%d.bin"::formatted)
                        .toList();
        };
    }
}
