package org.shatterlab.lab.input;

/** The data sets that there are. */
@FunctionalInterface
public interface Datasets {

    /**
     * What is known of a data set.
     *
     * @param sha256 of what its files hold one after the other, uncompressed, as 64 hexadecimal digits
     * @param images how many images there are
     */
    record Facts(String sha256, int images) {}

    /**
     * Looks a data set up.
     *
     * @throws DatasetException where it is not there or is not what it should be
     */
    Facts find(Dataset dataset);
}
