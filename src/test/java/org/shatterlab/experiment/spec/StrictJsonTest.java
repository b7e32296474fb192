package org.shatterlab.experiment.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.platform.MalformedBodyException;

class StrictJsonTest {

    static Stream<Arguments> malformedBodies() {
        return Stream.of(
                Arguments.of("", "empty"),
                Arguments.of(" \n ", "empty"),
                Arguments.of("{", "line 1, column 2: the body ends too early"),
                Arguments.of("{\n\"a\": \"x", "line 2"),
                Arguments.of("{\n \"a\": NaN}", "line 2, column 10: Non-standard token 'NaN'"),
                Arguments.of("{\"a\": -Infinity}", "line 1"),
                Arguments.of("{\"runs\": 1,\n \"runs\": 2}", "line 2, column 8: Duplicate Object property \"runs\""),
                Arguments.of("{\"a\": {\"b\": 1, \"\\u0062\": 2}}", "Duplicate Object property \"b\""),
                Arguments.of("{} {}", "line 1, column 4: the body continues after the JSON value"),
                Arguments.of("{}x", "line 1, column 3: Unrecognized token 'x'"),
                Arguments.of("[".repeat(100_000), "nesting depth (33) exceeds the maximum allowed (32)"),
                Arguments.of("{\"a\":".repeat(100_000), "nesting depth (33) exceeds the maximum allowed (32)"),
                Arguments.of("{\"a\":" + "1".repeat(5000) + "}", "exceeds the maximum allowed (1000)"),
                Arguments.of("{\"a\":1." + "1".repeat(5000) + "}", "exceeds the maximum allowed (1000)"),
                Arguments.of("{\"a\": 1e99999999999}", "line 1, column 7: the exponent of a number is too large"),
                Arguments.of("{\"a\": 1e-99999999999}", "the exponent of a number is too large"),
                Arguments.of("{\"a\": 01}", "Leading zeroes not allowed"),
                Arguments.of("{\"a\": +1}", "plus sign"),
                Arguments.of("{'a': 1}", "double-quote"),
                Arguments.of("{\"a\": 1,}", "line 1, column 9"),
                Arguments.of("// none\n{}", "line 1, column 1"),
                Arguments.of("{\"a\": \"\t\"}", "Illegal unquoted character"));
    }

    @ParameterizedTest
    @MethodSource("malformedBodies")
    void reportsPositionOfSyntaxError(String body, String message) {
        assertThatThrownBy(() -> StrictJson.parse(body.getBytes(UTF_8)))
                .isInstanceOf(MalformedBodyException.class)
                .hasMessageContaining(message)
                .message()
                .as("without advice for programmers")
                .doesNotContain("Feature", "Source", "StreamRead", "jackson", "`")
                .hasSizeLessThan(300);
    }

    static Stream<byte[]> brokenUtf8() {
        return Stream.of(
                new byte[] {'{', '\n', '"', (byte) 0xFF, '"', ':', '1', '}'},
                new byte[] {'{', '\n', '"', (byte) 0xC3},
                new byte[] {'{', '\n', '"', (byte) 0xC0, (byte) 0x80, '"'},
                new byte[] {'{', '\n', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'});
    }

    @ParameterizedTest
    @MethodSource("brokenUtf8")
    void rejectsBrokenUtf8(byte[] body) {
        assertThatThrownBy(() -> StrictJson.parse(body))
                .isInstanceOf(MalformedBodyException.class)
                .hasMessage("The body is not UTF-8 at line 2, column 2 (byte 3)");
    }

    @Test
    void rejectsOtherEncodings() {
        for (Charset charset : new Charset[] {StandardCharsets.UTF_16, StandardCharsets.UTF_16LE}) {
            assertThatThrownBy(() -> StrictJson.parse("{\"a\": 1}".getBytes(charset)))
                    .isInstanceOf(MalformedBodyException.class);
        }
    }

    @Test
    void skipsByteOrderMark() {
        assertThat(StrictJson.parse("\uFEFF{\"a\": 1}".getBytes(UTF_8))
                        .path("a")
                        .asInt())
                .isEqualTo(1);
        assertThatThrownBy(() -> StrictJson.parse("\uFEFF\uFEFF{}".getBytes(UTF_8)))
                .isInstanceOf(MalformedBodyException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "10, 10",
        "10.0, 10",
        "1e1, 10",
        "100e-1, 10",
        "1E+1, 10",
        "0.5, 0.50",
        "-0, 0",
        "-0.0, 0",
        "0e9, 0",
        "1e400, 10e399",
        "[1.0], [1]",
    })
    void writesEqualNumbersAlike(String number, String equal) {
        assertThat(StrictJson.canonical(StrictJson.parse("{\"b\": " + number + ", \"a\": {\"c\": " + number + "}}")))
                .isEqualTo(StrictJson.canonical(
                        StrictJson.parse("{\"a\": {\"c\": " + equal + "}, \"b\": " + equal + "}")));
    }

    @Test
    void keepsTextOfIntegersAndOtherValues() {
        String text = "{\"a\":[10,-3,true,null,\"1.0\"],\"b\":0.5}";
        assertThat(StrictJson.canonical(StrictJson.parse(text))).isEqualTo(text);
    }
}
