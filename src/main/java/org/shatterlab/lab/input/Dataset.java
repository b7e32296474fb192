package org.shatterlab.lab.input;

import java.util.List;
import java.util.stream.IntStream;

/** A published set of images that users provide as files in its original format. Only the training set is used. */
public enum Dataset {
    /** Fashion-MNIST as one IDX file. A header of four integers precedes the pixels of all images. */
    FASHION_MNIST("fashion-mnist", 1, 28),
    /** CIFAR-10 in its binary version. Each record holds a label and the red, green and blue pixels of an image. */
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

    /** Returns the number of colour channels of an image. */
    public int channels() {
        return channels;
    }

    /** Returns the height of an image in pixels, which equals the width. */
    public int side() {
        return side;
    }

    /** Returns the dimension d of an image as a point: channels x height x width. */
    public int dimension() {
        return channels * side * side;
    }

    /** Returns the names of the files that hold the training set, in order. */
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
