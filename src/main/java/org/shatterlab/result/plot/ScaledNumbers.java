package org.shatterlab.result.plot;

import java.util.Arrays;

/** Numbers with their power of ten taken out, where tick labels would be too long for the room they have. */
@SuppressWarnings("ArrayRecordComponent") // seen by one sheet only
record ScaledNumbers(double[] values, int exponent) {

    static ScaledNumbers of(double[] values) {
        var exponent = exponent(values);
        return new ScaledNumbers(
                Arrays.stream(values).map(v -> v / Math.pow(10, exponent)).toArray(), exponent);
    }

    /** The exponent of the largest number; 0 if that has at most three digits before the point and one zero behind. */
    static int exponent(double[] values) {
        var largest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
        // No further than where the power itself is a normal number.
        var exponent = largest == 0 ? 0 : Math.max(-300, (int) Math.floor(Math.log10(largest)));
        return exponent >= -1 && exponent <= 2 ? 0 : exponent;
    }

    /** The power as text, such as "10⁻⁶". */
    String power() {
        var text = new StringBuilder("10");
        for (var character : Integer.toString(exponent).toCharArray()) {
            text.append(character == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(character - '0'));
        }
        return text.toString();
    }
}
