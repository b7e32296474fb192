package org.shatterlab.experiment;

import java.util.List;
import java.util.Objects;
import org.shatterlab.experiment.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.Precision;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.platform.InvalidRequestException;
import tools.jackson.databind.node.ObjectNode;

/** Reads a network and inputs outside of an experiment, by the same rules. */
public final class SubjectReader {

    /** The fields that any network may have, its depths among them. */
    public static final List<String> NETWORK_FIELDS =
            Family.ALL_FIELDS.stream().filter(field -> !field.equals("label")).toList();

    /** The fields that any inputs may have. */
    public static final List<String> INPUT_FIELDS = InputReader.Type.ALL_FIELDS;

    private final Limits limits;

    SubjectReader(Limits limits) {
        this.limits = limits;
    }

    /**
     * Reads both.
     *
     * @throws InvalidRequestException with everything that is wrong, at {@code /network/...} and {@code /inputs/...}
     */
    public Subject read(ObjectNode network, ObjectNode inputs) {
        Violations violations = new Violations();
        InputSpec points = new InputReader(limits, violations).read(inputs, "/inputs", Precision.FLOAT64);
        Fields fields = new Fields(network, "/network", violations);
        NetworkEntry entry = new NetworkReader(limits, violations, points).read(fields);
        if (entry != null && entry.network() instanceof NetworkSpec.Rectifier && entry.depths() == null) {
            fields.refuse("depths", "is required, unless the network is noise");
        }
        if (points == null || entry == null || !violations.isEmpty()) {
            throw new InvalidRequestException(violations.list());
        }
        return new Subject(entry.network(), points, Objects.requireNonNullElse(entry.depths(), List.of()));
    }
}
