package org.shatterlab.result.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WelchTest {

    private static final Percentage ROUNDING = Percentage.withPercentage(1e-9);

    /** SciPy 1.17.1 computed the last four columns with ttest_ind_from_stats(equal_var=False) and t.interval. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0.1084601547391385 | 0.003592924485776772 | 20 | 0.5                | 0.0123               | 20  | 0.95 | 0.012814019914160204 | -0.41809931865245387 | -0.3649803718692691  | 1.1998179928251907e-19
            0.9377584258872563 | 0.0858382409486926   | 20 | 1.2912450203313606 | 0.025803256793951516 | 20  | 0.95 | 0.08963264846215588  | -0.5391782525370314  | -0.16779493635117707 | 0.0006728196119586431
            1.5                | 0.25                 | 5  | 1.25               | 0.5                  | 7   | 0.99 | 0.5590169943749475   | -1.589945878760066   | 2.0899458787600658   | 0.6658070870408119
            -0.02              | 0.01                 | 2  | 0.01               | 0.03                 | 100 | 0.9  | 0.03162277660168379  | -0.08290597933139207 | 0.022905979331392053 | 0.3469316950280597
            3                  | 0                    | 10 | 2.9                | 0.04                 | 10  | 0.95 | 0.04                 | 0.009513713488071895 | 0.19048628651192828  | 0.033861827682985624
            """)
    void agreesWithSciPy(
            double leftMean,
            double leftError,
            long leftRuns,
            double rightMean,
            double rightError,
            long rightRuns,
            double level,
            double standardError,
            double lower,
            double upper,
            double pValue) {
        Welch test = Welch.test(
                leftMean - rightMean,
                new Welch.Sample(leftError, leftRuns),
                new Welch.Sample(rightError, rightRuns),
                level);
        assertThat(test.standardError()).isCloseTo(standardError, ROUNDING);
        assertThat(test.lower()).isCloseTo(lower, ROUNDING);
        assertThat(test.upper()).isCloseTo(upper, ROUNDING);
        assertThat(test.pValue()).isCloseTo(pValue, ROUNDING);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0x1p-1000, 0x1p-200, 0x1p300, 0x1p1000, 0x1p1015})
    void givesSameResultInAnyUnit(double unit) {
        Welch one = Welch.test(-1.75, new Welch.Sample(0.25, 5), new Welch.Sample(0.5, 7), 0.99);
        Welch other = Welch.test(-1.75 * unit, new Welch.Sample(0.25 * unit, 5), new Welch.Sample(0.5 * unit, 7), 0.99);
        assertThat(other.pValue()).isCloseTo(one.pValue(), ROUNDING);
        assertThat(other.lower() / unit).isCloseTo(one.lower(), ROUNDING);
        assertThat(other.upper() / unit).isCloseTo(one.upper(), ROUNDING);
    }

    @Test
    void returnsPValueOneForNoDifference() {
        Welch test = Welch.test(0, new Welch.Sample(1, 5), new Welch.Sample(2, 5), 0.95);
        assertThat(test.pValue()).isEqualTo(1);
        assertThat(test.lower()).isCloseTo(-test.upper(), within(1e-12));
    }

    @Test
    void returnsPValueZeroForTinyErrors() {
        Welch test = Welch.test(1, new Welch.Sample(Double.MIN_VALUE, 5), new Welch.Sample(0, 5), 0.95);
        assertThat(test).isEqualTo(new Welch(Double.MIN_VALUE, 1, 1, 0));
    }
}
