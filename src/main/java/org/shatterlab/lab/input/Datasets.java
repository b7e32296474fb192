package org.shatterlab.lab.input;

/** A source of data sets. */
@FunctionalInterface
public interface Datasets {

    /**
     * The identity and the size of a data set.
     *
     * @param sha256 the SHA-256 of the uncompressed files in their order, as 64 hexadecimal digits
     * @param images the number of images
     */
    record DatasetInfo(String sha256, int images) {}

    /**
     * Finds a data set.
     *
     * @throws DatasetException if a file of the data set is missing, unreadable or in the wrong format
     */
    DatasetInfo find(Dataset dataset);
}
