package org.shatterlab.experiment.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.platform.InvalidRequestException;
import org.shatterlab.platform.MalformedBodyException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tests that the reader either reads a body or rejects the body as malformed or invalid, whichever bytes it contains.
 */
class SpecMutationTest {

    private static final int MUTATIONS = 10_000;
    private static final Map<DeviceClass, Long> MEMORY =
            Map.of(DeviceClass.CPU, Long.MAX_VALUE, DeviceClass.GPU, Long.MAX_VALUE);
    private static final JsonMapper ANY_MAPPER = JsonMapper.builder().build();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1702, 8591})
    void readsOrRejectsEveryMutation(long seed) {
        Random random = new Random(seed);
        MutatedSpecs specs = new MutatedSpecs(random);
        int read = 0;
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] body = specs.body(1 + random.nextInt(2));
            try {
                ExperimentSpec spec = SpecBodies.admit(MEMORY, body);
                assertThat(StoredSpecCodec.read(StoredSpecCodec.write(spec))).isEqualTo(spec);
                read++;
            } catch (InvalidRequestException e) {
                assertThat(e.violations()).isNotEmpty();
                StrictJson.parse(ANY_MAPPER.writeValueAsBytes(e.violations()));
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
}
