package org.shatterlab.lab.theory;

/**
 * The predictions of three sources for one measured value.
 *
 * @param paper the value of the paper's theorem, as the paper states it
 * @param derived the value that the paper's assumption yields for exactly the measured recursion. The paper assumes
 *     that each rectifier is active on half of the inputs and co-active on a quarter of the pairs.
 * @param infiniteWidth the exact value in the limit of infinite width
 */
public record Predictions(Prediction paper, Prediction derived, Prediction infiniteWidth) {

    /** Returns missing predictions for all sources, with one reason. */
    static Predictions none(String reason) {
        var none = new Prediction.None(reason);
        return new Predictions(none, none, none);
    }
}
