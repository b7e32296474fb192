package org.shatterlab.experiment.spec;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Converts JSON numbers to Java numbers. JSON has no integer type, so 200, 200.0 and 2e2 are the same number. */
final class JsonNumbers {

    private static final int MAX_DIGITS_OF_LONG = 19;
    private static final double MAX_EXACT_INTEGER = 0x1p53;

    private JsonNumbers() {}

    /** Returns the integer, or null if the value is not an integer or does not fit into a long. */
    static @Nullable Long integer(JsonNode value) {
        if (!value.isNumber()) {
            return null;
        }
        BigDecimal number = value.decimalValue();
        if (number.signum() == 0) {
            return 0L;
        }
        // The number 1e1000000000 is short in JSON, but its digits would fill a gigabyte. The check of the magnitude
        // therefore precedes the expansion.
        long digits = (long) number.precision() - number.scale();
        if (digits < 1 || digits > MAX_DIGITS_OF_LONG) {
            return null;
        }
        try {
            return number.longValueExact();
        } catch (ArithmeticException notAnInteger) {
            return null;
        }
    }

    /**
     * Returns the nearest double, never -0.0, or null if the value is not a number or exceeds the range of a double.
     */
    static @Nullable Double finite(JsonNode value) {
        if (!value.isNumber()) {
            return null;
        }
        double number = value.decimalValue().doubleValue() + 0.0;
        return Double.isFinite(number) ? number : null;
    }

    /**
     * Returns the one JSON number that represents a double. An integer is written as an integer. Any other number is
     * written with the fewest digits that read back as the same double.
     */
    static JsonNode node(double number) {
        return number == Math.rint(number) && Math.abs(number) < MAX_EXACT_INTEGER
                ? JsonNodeFactory.instance.numberNode((long) number)
                : JsonNodeFactory.instance.numberNode(BigDecimal.valueOf(number).stripTrailingZeros());
    }
}
