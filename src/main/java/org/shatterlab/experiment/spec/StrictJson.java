package org.shatterlab.experiment.spec;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.MalformedBodyException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BigIntegerNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.NumericNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Parses the bytes of a body to a JSON tree and writes a tree as text. The parser accepts RFC 8259 in UTF-8 and nothing
 * beyond. Every number keeps its exact value.
 *
 * <p>The parser rejects duplicate names, NaN, comments, broken UTF-8 and anything after the value. The parser also
 * rejects nesting deeper than {@value #MAX_NESTING} and numbers longer than {@value #MAX_NUMBER_LENGTH} characters. A
 * byte order mark at the start is skipped.
 */
public final class StrictJson {

    private static final int MAX_NESTING = 32;
    private static final int MAX_NUMBER_LENGTH = 1000;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    /** The part of a Jackson message that advises programmers on configuration, which is of no use to a client. */
    private static final Pattern CONFIGURATION_ADVICE =
            Pattern.compile("(: enable `|: maybe a | \\(start marker |, from `).*", Pattern.DOTALL);

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTING)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
            .build();

    private StrictJson() {}

    /**
     * Parses a body.
     *
     * @throws MalformedBodyException if the body is not UTF-8 or not exactly one JSON value
     */
    public static JsonNode parse(byte[] body) {
        return parse(decode(body));
    }

    /**
     * Parses JSON text.
     *
     * @throws MalformedBodyException if the text is not exactly one JSON value
     */
    public static JsonNode parse(String json) {
        try (JsonParser parser = MAPPER.createParser(json)) {
            return parse(parser);
        }
    }

    /** Returns the text of a value without white space, with the names of every object sorted. */
    public static String sorted(JsonNode value) {
        return MAPPER.writeValueAsString(value);
    }

    /**
     * Returns one text for all bodies that are one JSON value. Beyond {@link #sorted}, equal numbers have one text, such
     * as 10 for {@code 10.0} and {@code 1e1}, and 0 for {@code -0}.
     */
    public static String canonical(JsonNode value) {
        return sorted(withCanonicalNumbers(value));
    }

    private static JsonNode withCanonicalNumbers(JsonNode value) {
        return switch (value) {
            case NumericNode number -> canonicalNumber(number.decimalValue().stripTrailingZeros());
            case ArrayNode array -> {
                ArrayNode copy = MAPPER.createArrayNode();
                array.forEach(element -> copy.add(withCanonicalNumbers(element)));
                yield copy;
            }
            case ObjectNode object -> {
                ObjectNode copy = MAPPER.createObjectNode();
                object.forEachEntry((name, member) -> copy.set(name, withCanonicalNumbers(member)));
                yield copy;
            }
            default -> value;
        };
    }

    /** Returns an integer without an exponent, unless the integer would be longer than a body may write. */
    private static JsonNode canonicalNumber(BigDecimal number) {
        return number.scale() <= 0 && number.precision() - number.scale() <= MAX_NUMBER_LENGTH
                ? BigIntegerNode.valueOf(number.toBigIntegerExact())
                : DecimalNode.valueOf(number);
    }

    private static JsonNode parse(JsonParser parser) {
        try {
            JsonNode root = MAPPER.readTree(parser);
            if (root == null || root.isMissingNode()) {
                throw new MalformedBodyException("The body is empty. Send a JSON object.");
            }
            if (parser.nextToken() != null) {
                throw malformed("the body continues after the JSON value", parser.currentTokenLocation(), null);
            }
            return root;
        } catch (NumberFormatException e) {
            // Jackson does not wrap this exception when an exponent does not fit into an int.
            throw malformed("the exponent of a number is too large", parser.currentTokenLocation(), e);
        } catch (JacksonException e) {
            TokenStreamLocation location = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
            throw malformed(reason(e), location, e);
        }
    }

    private static String reason(JacksonException problem) {
        return switch (problem) {
            case UnexpectedEndOfInputException _ -> "the body ends too early";
            case StreamConstraintsException _ -> withoutAdvice(problem) + ")";
            default -> withoutAdvice(problem);
        };
    }

    private static String withoutAdvice(JacksonException problem) {
        return RejectedValue.text(
                CONFIGURATION_ADVICE.matcher(problem.getOriginalMessage()).replaceFirst(""));
    }

    private static MalformedBodyException malformed(
            String reason, TokenStreamLocation location, @Nullable Exception cause) {
        String message = String.format(
                Locale.ROOT,
                "The body is not JSON at line %d, column %d: %s",
                location.getLineNr(),
                location.getColumnNr(),
                reason);
        return cause == null ? new MalformedBodyException(message) : new MalformedBodyException(message, cause);
    }

    private static String decode(byte[] body) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer bytes = ByteBuffer.wrap(body);
        CharBuffer text = CharBuffer.allocate(body.length);
        CoderResult result = decoder.decode(bytes, text, true);
        text.flip();
        if (result.isError()) {
            throw brokenUtf8(text.toString(), bytes.position());
        }
        boolean hasByteOrderMark = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
        return text.subSequence(hasByteOrderMark ? 1 : 0, text.length()).toString();
    }

    private static MalformedBodyException brokenUtf8(String before, int position) {
        int lineStart = before.lastIndexOf('\n') + 1;
        long line = before.chars().filter(character -> character == '\n').count() + 1;
        return new MalformedBodyException(String.format(
                Locale.ROOT,
                "The body is not UTF-8 at line %d, column %d (byte %d)",
                line,
                before.length() - lineStart + 1,
                position));
    }
}
