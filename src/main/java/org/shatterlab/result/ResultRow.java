package org.shatterlab.result;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.theory.Prediction;
import org.shatterlab.lab.theory.Predictions;

/**
 * One statistic of one network at one depth, over all runs measured so far.
 *
 * @param network its label
 * @param depth L; null for noise
 * @param index as the statistic defines it: a lag, a layer or a bin; null for a statistic with a single value
 * @param mean the estimate
 * @param standardDeviation over runs; null for fewer than two runs and for a ratio of means
 * @param standardError of the mean; null for fewer than two runs
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
     * What theory says of the mean; each null where there is no such prediction.
     *
     * @param paper the paper's theorem
     * @param derived the paper's assumption, worked out for the recursion that is measured
     * @param infiniteWidth the exact value as the width tends to infinity
     * @param note why a prediction is missing
     */
    public record Predicted(
            @Nullable Double paper,
            @Nullable Double derived,
            @Nullable Double infiniteWidth,
            @Nullable String note) {

        public static Predicted of(Predictions predictions) {
            return new Predicted(
                    value(predictions.paper()),
                    value(predictions.derived()),
                    value(predictions.infiniteWidth()),
                    note(predictions));
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
