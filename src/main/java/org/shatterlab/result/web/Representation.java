package org.shatterlab.result.web;

import java.io.IOException;
import java.io.OutputStream;
import org.shatterlab.experiment.store.Experiment;

/**
 * A picture, a matrix or a series of an experiment in one format.
 *
 * @param experiment the experiment in its current state
 * @param resource the path of the resource below the experiment, without the format
 * @param type the media type
 * @param memory the heap that building takes, in mebibytes, as {@link RepresentationMemory} estimates it
 * @param content reads the data and writes the bytes
 */
record Representation(Experiment experiment, String resource, String type, int memory, Content content) {

    /** Writes the bytes of a representation. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream target) throws IOException;
    }
}
