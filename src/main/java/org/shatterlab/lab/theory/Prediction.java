package org.shatterlab.lab.theory;

/** A predicted value, or why there is none. */
public sealed interface Prediction {

    record Value(double value) implements Prediction {}

    record None(String reason) implements Prediction {}
}
