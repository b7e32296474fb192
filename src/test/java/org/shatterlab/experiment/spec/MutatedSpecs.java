package org.shatterlab.experiment.spec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Generates bodies from valid specifications by replacing some of their bytes or tokens. */
public final class MutatedSpecs {

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
            "\"device\"",
            "\"auto\"",
            "\"float64\"",
            "false",
            "2",
            "[[]]",
            "[1,1]",
            "{\"from\":1,\"to\":1000000000}",
            "\"figure-1\"",
            ",",
            ":",
            "}",
            "\"preset\":",
            "\"depths\":");

    private final Random random;
    private final RandomSpecs specs;

    public MutatedSpecs(Random random) {
        this.random = random;
        this.specs = new RandomSpecs(random.nextLong());
    }

    /** Returns the next body in UTF-8, with the given number of mutations. */
    public byte[] body(int mutations) {
        byte[] body = ExperimentSpecJson.write(specs.experiment()).toString().getBytes(UTF_8);
        for (int i = 0; i < mutations; i++) {
            body = random.nextInt(4) == 0 ? withOtherByte(body) : withOtherToken(body);
        }
        return body;
    }

    private byte[] withOtherByte(byte[] body) {
        byte[] mutated = body.clone();
        mutated[random.nextInt(body.length)] = (byte) random.nextInt();
        return mutated;
    }

    /** Returns the body with another token in place of the text between two marks of punctuation, usually a value. */
    private byte[] withOtherToken(byte[] body) {
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
