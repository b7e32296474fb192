package org.shatterlab.experiment.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.shatterlab.experiment.cell.CellAdmission;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.Datasets;
import org.shatterlab.platform.InvalidRequestException;
import org.shatterlab.platform.Violation;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Builds bodies with single quotes, and reads them as a service with the default limits does. */
public final class SpecBodies {

    static final String SHA256 = "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5";

    /** Data sets of a service that has 1000 images of CIFAR-10 and no Fashion-MNIST. */
    public static final Datasets DATASETS = dataset -> switch (dataset) {
        case CIFAR_10 -> new Datasets.DatasetInfo(SHA256, 1000);
        case FASHION_MNIST -> new DatasetFolder(Path.of("target/no-such-folder")).find(dataset);
    };

    /** The limits of a service that is not configured otherwise. */
    public static final Limits LIMITS =
            new Binder(new MapConfigurationPropertySource()).bindOrCreate("shatterlab.limits", Limits.class);

    private static final SpecReader READER = new SpecReader(Presets.load(), LIMITS, DATASETS);

    private SpecBodies() {}

    /** Returns a body with one network that has the given fields beside its family. */
    static String network(String fields) {
        return "{'networks': [{'family': 'resnet', %s}], 'depths': [2]}".formatted(fields);
    }

    /** Returns a body with one network and the given top-level fields. */
    public static String body(String fields) {
        return "{'networks': [{'family': 'feedforward', 'depths': [2]}], %s}".formatted(fields);
    }

    /** Reads and admits a body in single quotes, as a service without known workers does. */
    public static ExperimentSpec read(String body) {
        return admit(Map.of(), body);
    }

    /** Reads and admits a body in single quotes, as a service whose workers have this memory does. */
    public static ExperimentSpec admit(Map<DeviceClass, Long> memory, String body) {
        return admit(memory, body.replace('\'', '"').getBytes(UTF_8));
    }

    /** Reads and admits a body, as a service whose workers have this memory does. */
    static ExperimentSpec admit(Map<DeviceClass, Long> memory, byte[] body) {
        return new CellAdmission(LIMITS, () -> memory).admit(READER.read(body));
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
