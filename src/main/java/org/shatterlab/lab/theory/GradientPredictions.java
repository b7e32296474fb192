package org.shatterlab.lab.theory;

/**
 * What is predicted for the gradients at one depth.
 *
 * @param variance of the statistic {@code gradient-variance}
 * @param correlation of the statistic {@code gradient-correlation}
 */
public record GradientPredictions(Predictions variance, Predictions correlation) {

    static GradientPredictions of(GradientMoments paper, GradientMoments derived, GradientMoments infiniteWidth) {
        return new GradientPredictions(
                new Predictions(paper.variance(), derived.variance(), infiniteWidth.variance()),
                new Predictions(paper.correlation(), derived.correlation(), infiniteWidth.correlation()));
    }
}
