package org.shatterlab.lab.theory;

/** A predicted value, or the reason why it is missing. */
public sealed interface Prediction {

    /** A predicted value. */
    record Value(double value) implements Prediction {}

    /**
     * A missing prediction.
     *
     * @param reason a sentence for the user of the API
     */
    record None(String reason) implements Prediction {}
}
