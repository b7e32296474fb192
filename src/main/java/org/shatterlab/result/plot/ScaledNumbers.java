package org.shatterlab.result.plot;

import java.util.Arrays;

/**
 * Numbers divided by a common power of ten. The division shortens tick labels that would be too long.
 *
 * @param values the numbers, divided by 10^exponent
 * @param exponent the exponent of the power of ten; 0 if the numbers need no division
 */
@SuppressWarnings("ArrayRecordComponent") // Each instance is used by one layout only.
record ScaledNumbers(double[] values, int exponent) {

    static ScaledNumbers of(double[] values) {
        int exponent = exponent(values);
        return new ScaledNumbers(
                Arrays.stream(values).map(v -> v / Math.pow(10, exponent)).toArray(), exponent);
    }

    /** Returns the decimal exponent of the largest absolute value; 0 for an exponent from -1 to 2. */
    static int exponent(double[] values) {
        double largest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
        // The limit keeps the power of ten a normal floating-point number.
        int exponent = largest == 0 ? 0 : Math.max(-300, (int) Math.floor(Math.log10(largest)));
        return exponent >= -1 && exponent <= 2 ? 0 : exponent;
    }

    /** Returns the power of ten as text, such as "10⁻⁶". */
    String power() {
        var text = new StringBuilder("10");
        for (char character : Integer.toString(exponent).toCharArray()) {
            text.append(character == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(character - '0'));
        }
        return text.toString();
    }
}
