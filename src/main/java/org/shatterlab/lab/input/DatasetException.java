package org.shatterlab.lab.input;

import org.shatterlab.lab.engine.UnmeasurableException;

/** The files of a data set are not there, cannot be read, or do not hold what they should. */
public class DatasetException extends UnmeasurableException {

    private static final long serialVersionUID = 1;

    DatasetException(String reason) {
        super(reason);
    }
}
