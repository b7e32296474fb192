package org.shatterlab.lab.theory;

/**
 * What is predicted for one number, from three sources.
 *
 * @param paper the formula of the paper's theorem, as the paper states it
 * @param derived the same assumption (each rectifier active on half of the inputs, co-active on a quarter of the pairs)
 *     worked out for exactly the recursion that is measured
 * @param infiniteWidth the exact value in the limit of infinite width
 */
public record Predictions(Prediction paper, Prediction derived, Prediction infiniteWidth) {

    /** Nothing from any source, for one reason. */
    static Predictions none(String reason) {
        var none = new Prediction.None(reason);
        return new Predictions(none, none, none);
    }
}
