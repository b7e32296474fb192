package org.shatterlab.result.inference;

import org.apache.commons.statistics.distribution.TDistribution;
import org.apache.commons.statistics.inference.TTest;

/**
 * The difference of two independent estimates by Welch's t-test, which does not take their variances for equal, with the
 * degrees of freedom of Welch and Satterthwaite,
 * (s_1^2 + s_2^2)^2 / (s_1^4 / (n_1 - 1) + s_2^4 / (n_2 - 1)) for standard errors s over n runs.
 *
 * @param standardError of the difference, sqrt(s_1^2 + s_2^2)
 * @param lower where the confidence interval of the difference begins
 * @param upper where it ends
 * @param pValue two-sided, of no difference
 */
record Welch(double standardError, double lower, double upper, double pValue) {

    /** The standard error of one estimate, and over how many runs: at least two. */
    record Sample(double standardError, long runs) {

        private double variance(double unit) {
            double scaled = standardError / unit;
            return scaled * scaled * runs;
        }
    }

    /**
     * Tests a difference; one of the errors must not be 0.
     *
     * @param level the confidence, between 0 and 1
     */
    static Welch test(double difference, Sample left, Sample right, double level) {
        double error = Math.hypot(left.standardError(), right.standardError());
        // In units of the error: the fourth powers of variances that grow as 2^L would leave the floating-point range.
        TTest.Result result = TTest.withDefaults()
                .test(difference / error, left.variance(error), left.runs(), 0, right.variance(error), right.runs());
        double reach =
                error * TDistribution.of(result.getDegreesOfFreedom()).inverseSurvivalProbability((1 - level) / 2);
        return new Welch(error, difference - reach, difference + reach, result.getPValue());
    }
}
