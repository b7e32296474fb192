package org.shatterlab.result;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.theory.Prediction;
import org.shatterlab.lab.theory.Predictions;

/**
 * The value of one statistic of one network at one depth, over all runs measured so far.
 *
 * @param network the label of the network
 * @param depth L; null for noise, which has no depth
 * @param statistic the API name of the statistic
 * @param index a lag, a layer or a bin, as the statistic defines it; null for a statistic with a single value
 * @param mean the estimate
 * @param standardDeviation the standard deviation over runs; null for fewer than two runs, for a ratio of means, and
 *     where it leaves the range of float64
 * @param standardError the standard error of the mean; null for fewer than two runs, and where it leaves the range of
 *     float64
 * @param runs the number of runs
 * @param predictions the values that theory predicts for the mean, with the reasons for missing numbers of the row
 */
public record ResultRow(
        String network,
        @Nullable Integer depth,
        String statistic,
        @Nullable Integer index,
        double mean,
        @Nullable Double standardDeviation,
        @Nullable Double standardError,
        long runs,
        Predicted predictions) {

    /**
     * The values that theory predicts for a mean. A value is null if theory does not predict it.
     *
     * @param paper the value that a theorem of the paper states
     * @param derived the value that the paper's assumption gives for the recursion that is measured
     * @param infiniteWidth the exact limit as the width tends to infinity
     * @param note the reasons why predictions, or errors of the row, are missing; null if no reason is given
     */
    public record Predicted(
            @Nullable Double paper,
            @Nullable Double derived,
            @Nullable Double infiniteWidth,
            @Nullable String note) {

        /** Returns the values and the reasons for missing values as one note. */
        public static Predicted of(Predictions predictions) {
            return new Predicted(
                    value(predictions.paper()),
                    value(predictions.derived()),
                    value(predictions.infiniteWidth()),
                    note(predictions));
        }

        /** Returns the values with a further reason in their note. */
        Predicted withNote(String reason) {
            return new Predicted(paper, derived, infiniteWidth, note == null ? reason : note + " " + reason);
        }

        private static @Nullable Double value(Prediction prediction) {
            return switch (prediction) {
                case Prediction.Value(double value) -> value;
                case Prediction.None _ -> null;
            };
        }

        private static @Nullable String note(Predictions predictions) {
            List<String> reasons = new ArrayList<>();
            addReason(reasons, "paper", predictions.paper());
            addReason(reasons, "derived", predictions.derived());
            addReason(reasons, "infiniteWidth", predictions.infiniteWidth());
            return reasons.isEmpty() ? null : String.join(" ", reasons);
        }

        private static void addReason(List<String> reasons, String name, Prediction prediction) {
            switch (prediction) {
                case Prediction.Value _ -> {}
                case Prediction.None(String reason) -> reasons.add(name + ": " + reason);
            }
        }
    }
}
