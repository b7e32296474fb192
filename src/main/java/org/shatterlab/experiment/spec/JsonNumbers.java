package org.shatterlab.experiment.spec;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** JSON numbers as the numbers of Java. JSON has no integer type: 200, 200.0 and 2e2 are one number. */
final class JsonNumbers {

    private static final int MAX_DIGITS_OF_LONG = 19;
    private static final double MAX_EXACT_INTEGER = 0x1p53;

    private JsonNumbers() {}

    /** The integer, or null if the value is not one or does not fit. */
    static @Nullable Long integer(JsonNode value) {
        if (!value.isNumber()) {
            return null;
        }
        BigDecimal number = value.decimalValue();
        if (number.signum() == 0) {
            return 0L;
        }
        // 1e1000000000 is a short text but an integer of a gigabyte: its magnitude decides before it is expanded.
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

    /** The nearest double, never -0.0, or null if the value is not a number or leaves the range of a double. */
    static @Nullable Double finite(JsonNode value) {
        if (!value.isNumber()) {
            return null;
        }
        double number = value.decimalValue().doubleValue() + 0.0;
        return Double.isFinite(number) ? number : null;
    }

    /** One text for one double: an integer as an integer, anything else in the shortest digits that read back to it. */
    static JsonNode node(double number) {
        return number == Math.rint(number) && Math.abs(number) < MAX_EXACT_INTEGER
                ? JsonNodeFactory.instance.numberNode((long) number)
                : JsonNodeFactory.instance.numberNode(BigDecimal.valueOf(number).stripTrailingZeros());
    }
}
