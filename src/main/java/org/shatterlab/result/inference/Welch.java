package org.shatterlab.result.inference;

import org.apache.commons.statistics.distribution.TDistribution;
import org.apache.commons.statistics.inference.TTest;

/**
 * The result of Welch's t-test on the difference of two independent estimates. The test does not assume equal
 * variances. The degrees of freedom follow Welch and Satterthwaite, for standard errors s over n runs:
 *
 * <pre>{@code (s_1^2 + s_2^2)^2 / (s_1^4 / (n_1 - 1) + s_2^4 / (n_2 - 1))}</pre>
 *
 * @param standardError the standard error of the difference, sqrt(s_1^2 + s_2^2)
 * @param lower the lower end of the confidence interval of the difference
 * @param upper the upper end of the confidence interval of the difference
 * @param pValue the two-sided p-value of the hypothesis that the difference is 0
 */
record Welch(double standardError, double lower, double upper, double pValue) {

    /**
     * One of the two estimates.
     *
     * @param standardError the standard error of the estimate
     * @param runs the number of runs, at least 2
     */
    record Sample(double standardError, long runs) {

        private double variance(double unit) {
            double scaled = standardError / unit;
            return scaled * scaled * runs;
        }
    }

    /**
     * Tests a difference. At least one of the standard errors must not be 0.
     *
     * @param level the confidence level, above 0 and below 1
     */
    static Welch test(double difference, Sample left, Sample right, double level) {
        double error = Math.hypot(left.standardError(), right.standardError());
        // The test runs in units of the standard error. The estimates may be gradient variances, which grow as 2^L. The
        // fourth powers of their errors would leave the floating-point range.
        TTest.Result result = TTest.withDefaults()
                .test(difference / error, left.variance(error), left.runs(), 0, right.variance(error), right.runs());
        double halfWidth =
                error * TDistribution.of(result.getDegreesOfFreedom()).inverseSurvivalProbability((1 - level) / 2);
        return new Welch(error, difference - halfWidth, difference + halfWidth, result.getPValue());
    }
}
