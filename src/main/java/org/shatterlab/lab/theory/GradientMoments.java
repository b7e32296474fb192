package org.shatterlab.lab.theory;

/** The predictions of one source for the variance and the correlation of the gradients at one depth. */
record GradientMoments(Prediction variance, Prediction correlation) {

    static final String OUT_OF_RANGE =
            "At this depth the predicted value is too large or too small for a double-precision number.";

    static GradientMoments of(double variance, double correlation) {
        return new GradientMoments(finite(variance), finite(correlation));
    }

    static GradientMoments none(String reason) {
        var none = new Prediction.None(reason);
        return new GradientMoments(none, none);
    }

    private static Prediction finite(double value) {
        return Double.isFinite(value) ? new Prediction.Value(value) : new Prediction.None(OUT_OF_RANGE);
    }
}
