package org.shatterlab.lab.input;

import org.shatterlab.lab.engine.UnmeasurableException;

/** Reports that a file of a data set is missing, unreadable or in the wrong format. */
public class DatasetException extends UnmeasurableException {

    private static final long serialVersionUID = 1;

    DatasetException(String reason) {
        super(reason);
    }
}
