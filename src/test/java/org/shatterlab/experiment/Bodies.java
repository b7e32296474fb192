package org.shatterlab.experiment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.shatterlab.platform.InvalidRequestException;
import org.shatterlab.platform.Violation;

/** Bodies in single quotes, and what a service with the default limits makes of them. */
final class Bodies {

    private static final SpecReader READER = new SpecReader(Presets.load(), Limits.defaults());

    private Bodies() {}

    /** A body with one network, which has the fields given beside its family. */
    static String network(String fields) {
        return "{'networks': [{'family': 'resnet', %s}], 'depths': [2]}".formatted(fields);
    }

    /** A body with the top-level fields given beside one network. */
    static String body(String fields) {
        return "{'networks': [{'family': 'feedforward', 'depths': [2]}], %s}".formatted(fields);
    }

    static ExperimentSpec read(String body) {
        return READER.read(body.replace('\'', '"').getBytes(UTF_8));
    }

    static List<Violation> violations(String body) {
        return catchThrowableOfType(InvalidRequestException.class, () -> read(body))
                .violations();
    }

    static void assertOneViolation(String body, String pointer, String message) {
        assertThat(violations(body)).singleElement().satisfies(violation -> {
            assertThat(violation.pointer()).isEqualTo(pointer);
            assertThat(violation.message()).contains(message);
        });
    }
}
