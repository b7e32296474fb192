package org.shatterlab.lab.theory;

/**
 * The predictions for the gradients at one depth.
 *
 * @param variance the predictions for the statistic {@code gradient-variance}
 * @param correlation the predictions for the statistic {@code gradient-correlation}
 */
public record GradientPredictions(Predictions variance, Predictions correlation) {

    static GradientPredictions of(GradientMoments paper, GradientMoments derived, GradientMoments infiniteWidth) {
        return new GradientPredictions(
                new Predictions(paper.variance(), derived.variance(), infiniteWidth.variance()),
                new Predictions(paper.correlation(), derived.correlation(), infiniteWidth.correlation()));
    }
}
