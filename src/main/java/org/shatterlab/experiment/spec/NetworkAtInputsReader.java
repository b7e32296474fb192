package org.shatterlab.experiment.spec;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.Datasets;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.platform.InvalidRequestException;
import tools.jackson.databind.node.ObjectNode;

/** Reads a network and inputs without an experiment, by the rules that apply in an experiment. */
public final class NetworkAtInputsReader {

    /** The fields that networks may have, with {@code depths} and without {@code label}. */
    public static final List<String> NETWORK_FIELDS =
            Family.ALL_FIELDS.stream().filter(field -> !field.equals("label")).toList();

    /** The fields that inputs of any type may have. */
    public static final List<String> INPUT_FIELDS = InputReader.Type.ALL_FIELDS;

    private final Limits limits;
    private final ImageChecksums images;

    public NetworkAtInputsReader(Limits limits, Datasets datasets) {
        this.limits = limits;
        this.images = ImageChecksums.of(datasets);
    }

    /**
     * Reads a network and inputs.
     *
     * @param perLayer whether the caller needs rows for each layer of each depth, whose number is limited
     * @throws InvalidRequestException with all violations, at {@code /network/...} and {@code /inputs/...}
     */
    public NetworkAtInputs read(ObjectNode network, ObjectNode inputs, boolean perLayer) {
        Violations violations = new Violations();
        InputSpec points = new InputReader(limits, images, violations).read(inputs, "/inputs", Precision.FLOAT64);
        JsonObjectReader fields = new JsonObjectReader(network, "/network", violations);
        NetworkEntry entry = new NetworkReader(limits, violations, points).read(fields);
        if (entry != null && !(entry.network() instanceof NetworkSpec.Noise) && entry.depths() == null) {
            fields.reject("depths", "is required unless the network is noise");
        }
        if (entry != null && entry.depths() != null && perLayer) {
            long layers = entry.depths().stream().mapToLong(depth -> depth).sum();
            if (layers > limits.layers()) {
                fields.reject(
                        "depths",
                        String.format(
                                Locale.ROOT,
                                "add up to %d layers, and every layer has rows; %d is the limit on layers",
                                layers,
                                limits.layers()));
            }
        }
        if (points == null || entry == null || !violations.isEmpty()) {
            throw new InvalidRequestException(violations.list());
        }
        return new NetworkAtInputs(entry.network(), points, Objects.requireNonNullElse(entry.depths(), List.of()));
    }
}
