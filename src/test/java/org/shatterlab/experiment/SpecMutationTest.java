package org.shatterlab.experiment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.platform.InvalidRequestException;
import org.shatterlab.platform.MalformedBodyException;
import tools.jackson.databind.json.JsonMapper;

/** Whatever a client sends, it is read, or refused in one of the two ways there are. */
class SpecMutationTest {

    private static final int MUTATIONS = 10_000;
    private static final List<String> TOKENS = List.of(
            "null",
            "true",
            "[]",
            "{}",
            "-1",
            "0",
            "1.5",
            "1",
            "17",
            "2e1",
            "true",
            "1e999",
            "1e-999",
            "1e1000000000",
            "1e99999999999",
            "NaN",
            "9223372036854775808",
            "\"\"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "\"grid\"",
            "\"gaussian\"",
            "\"white-noise\"",
            "\"highway\"",
            "\"1/sqrt(depth)\"",
            "[[]]",
            "[1,1]",
            "{\"from\":1,\"to\":1000000000}",
            "\"figure-1\"",
            ",",
            ":",
            "}",
            "\"preset\":",
            "\"depths\":");
    private static final SpecReader READER = new SpecReader(Presets.load(), Limits.defaults(), Bodies.DATASETS);
    private static final JsonMapper ANY_MAPPER = JsonMapper.builder().build();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1702, 8591})
    void neverFailsOtherwise(long seed) {
        Random random = new Random(seed);
        RandomSpecs specs = new RandomSpecs(seed);
        int read = 0;
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] body = SpecWriter.write(specs.experiment()).toString().getBytes(UTF_8);
            for (int mutations = random.nextInt(2); mutations >= 0; mutations--) {
                body = random.nextInt(4) == 0 ? withOtherByte(body, random) : withOtherToken(body, random);
            }
            try {
                ExperimentSpec spec = READER.read(body);
                assertThat(SpecReader.restore(SpecWriter.write(spec))).isEqualTo(spec);
                read++;
            } catch (InvalidRequestException e) {
                assertThat(e.violations()).isNotEmpty();
                SpecJson.parse(ANY_MAPPER.writeValueAsBytes(e.violations()));
                refused++;
            } catch (MalformedBodyException e) {
                assertThat(e).hasMessageStartingWith("The body is");
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed + ", mutation " + i + ": " + new String(body, UTF_8), e);
            }
        }
        assertThat(read).as("mutations that are still allowed").isGreaterThan(MUTATIONS / 100);
        assertThat(refused).as("mutations that are JSON and refused").isGreaterThan(MUTATIONS / 10);
    }

    private static byte[] withOtherByte(byte[] body, Random random) {
        byte[] mutated = body.clone();
        mutated[random.nextInt(body.length)] = (byte) random.nextInt();
        return mutated;
    }

    /** Another token in place of a value, or of whatever else stands between two marks of punctuation. */
    private static byte[] withOtherToken(byte[] body, Random random) {
        int start = random.nextInt(body.length);
        while (start < body.length && ":[,".indexOf(body[start]) < 0) {
            start++;
        }
        int end = Math.min(start + 1, body.length);
        while (end < body.length && ",]}:".indexOf(body[end]) < 0) {
            end++;
        }
        byte[] token = TOKENS.get(random.nextInt(TOKENS.size())).getBytes(UTF_8);
        int kept = Math.min(start + 1, body.length);
        byte[] mutated = Arrays.copyOf(body, kept + token.length + body.length - end);
        System.arraycopy(token, 0, mutated, kept, token.length);
        System.arraycopy(body, end, mutated, kept + token.length, body.length - end);
        return mutated;
    }
}
