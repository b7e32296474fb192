package org.shatterlab.experiment.spec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.Statistic;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Parses one JSON document into a specification, and records every violation in the document. */
final class SpecParser {

    static final List<String> FIELDS = List.of(
            "name",
            "preset",
            "networks",
            "depths",
            "inputs",
            "statistics",
            "runs",
            "seed",
            "precision",
            "draws",
            "device",
            "priority",
            "cache");

    private static final int MAX_NAME_LENGTH = 200;
    private static final int MAX_PRIORITY = 100;
    static final Map<String, Precision> PRECISIONS = ApiNames.byName(Precision.values(), Precision::apiName);
    static final Map<String, DrawSource> DRAWS = ApiNames.byName(DrawSource.values(), DrawSource::apiName);
    private static final String CPU = DeviceClass.CPU.apiName();
    private static final String GPU = DeviceClass.GPU.apiName();
    private static final Map<String, String> DEVICES =
            ApiNames.byName(new String[] {SpecDefaults.DEVICE, CPU, GPU}, name -> name);

    private final Limits limits;
    private final ImageChecksums images;
    private final Violations violations;

    SpecParser(Limits limits, ImageChecksums images, Violations violations) {
        this.limits = limits;
        this.images = images;
        this.violations = violations;
    }

    /**
     * Parses a document.
     *
     * @param complete whether a missing required field is a violation. A field may be missing because the preset that
     *     would bring the field does not exist.
     * @return the specification. A specification with violations must not be used.
     */
    SubmittedSpec parse(ObjectNode document, boolean complete) {
        JsonObjectReader fields = new JsonObjectReader(document, "", violations);
        fields.onlyKnown(FIELDS);
        String name = nullableText(fields, "name");
        String preset = nullableText(fields, "preset");
        int before = violations.count();
        Precision precision = fields.choice("precision", PRECISIONS, SpecDefaults.PRECISION);
        InputSpec inputs = inputs(fields, precision);
        JsonNode depthsNode = fields.get("depths");
        List<Integer> depths = depthsNode == null
                ? List.of()
                : new DepthsReader(limits, violations).read(depthsNode, fields.at("depths"));
        List<NetworkEntry> networks = networks(fields, inputs, complete);
        Set<Statistic> statistics = statistics(fields, inputs, networks);
        if (complete && depthsNode == null) {
            requireDepths(fields, networks);
        }
        if (!NetworkReader.areEven(depths)
                && networks.stream()
                        .anyMatch(entry ->
                                entry.network() instanceof NetworkSpec.Convolutional && entry.depths() == null)) {
            fields.reject("depths", NetworkReader.EVEN_DEPTHS);
        }
        boolean measurable = complete && violations.count() == before;
        String device = fields.choice("device", DEVICES, SpecDefaults.DEVICE);
        ExperimentSpec spec = new ExperimentSpec(
                name,
                preset,
                networks,
                depths,
                inputs == null ? SpecDefaults.GRID : inputs,
                statistics,
                new RunsReader(limits).read(fields, statistics),
                fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE, SpecDefaults.SEED, ""),
                precision,
                fields.choice("draws", DRAWS, SpecDefaults.DRAWS),
                // Specifications that were stored before devices could be chosen were computed on CPUs.
                device.equals(GPU) ? DeviceClass.GPU : DeviceClass.CPU,
                fields.integer("priority", -MAX_PRIORITY, MAX_PRIORITY, SpecDefaults.PRIORITY, ""),
                fields.bool("cache", SpecDefaults.CACHE));
        boolean countable = violations.isEmpty();
        if (countable) {
            new StatisticsReader(limits, violations).checkNetworks(fields, spec);
        }
        return new SubmittedSpec(spec, !device.equals(SpecDefaults.DEVICE), measurable, countable, fields);
    }

    private static @Nullable String nullableText(JsonObjectReader fields, String field) {
        JsonNode value = fields.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        String violation = value.isString()
                ? TextRules.violation(value.stringValue(), MAX_NAME_LENGTH)
                : "must be text of 1 to " + MAX_NAME_LENGTH + " characters, or null";
        if (violation != null) {
            fields.reject(field, violation);
            return null;
        }
        return value.stringValue();
    }

    private @Nullable InputSpec inputs(JsonObjectReader fields, Precision precision) {
        JsonNode value = fields.get("inputs");
        return value == null
                ? SpecDefaults.GRID
                : new InputReader(limits, images, violations).read(value, fields.at("inputs"), precision);
    }

    private Set<Statistic> statistics(
            JsonObjectReader fields, @Nullable InputSpec inputs, List<NetworkEntry> networks) {
        StatisticsReader reader = new StatisticsReader(limits, violations);
        JsonNode value = fields.get("statistics");
        if (value != null) {
            return reader.read(value, fields.at("statistics"), inputs);
        }
        return inputs == null ? Set.of() : reader.defaults(inputs, networks);
    }

    private List<NetworkEntry> networks(JsonObjectReader fields, @Nullable InputSpec inputs, boolean required) {
        JsonNode value = fields.get("networks");
        if (value == null && !required) {
            return List.of();
        }
        if (!(value instanceof ArrayNode list) || list.isEmpty()) {
            fields.reject("networks", "must be a nonempty array of networks, unless \"preset\" sets them");
            return List.of();
        }
        if (list.size() > limits.networks()) {
            fields.reject(
                    "networks",
                    String.format(
                            Locale.ROOT,
                            "has %d networks; %d is the limit on networks",
                            list.size(),
                            limits.networks()));
        }
        NetworkReader reader = new NetworkReader(limits, violations, inputs);
        Map<String, String> labels = new HashMap<>();
        List<NetworkEntry> networks = new ArrayList<>();
        // Networks beyond the limit are not read: the depths of a megabyte of networks take a thousand times the
        // memory.
        for (int i = 0; i < Math.min(list.size(), limits.networks()); i++) {
            String pointer = fields.at("networks") + "/" + i;
            JsonObjectReader network = JsonObjectReader.of(list.get(i), pointer, violations, "{\"family\", ...}");
            NetworkEntry entry = network == null ? null : reader.read(network);
            if (network != null && entry != null) {
                checkLabel(network, entry.label(), labels);
                networks.add(entry);
            }
        }
        return networks;
    }

    private static void checkLabel(JsonObjectReader network, String label, Map<String, String> labels) {
        String first = labels.putIfAbsent(label, network.pointer());
        if (first != null) {
            String given = network.has("label") ? "" : "; the default is the family, \"" + label + "\"";
            network.reject("label", "must be unique; " + first + " has the same label" + given);
        }
    }

    private static void requireDepths(JsonObjectReader fields, List<NetworkEntry> networks) {
        if (networks.stream()
                .anyMatch(entry -> !(entry.network() instanceof NetworkSpec.Noise) && entry.depths() == null)) {
            fields.reject("depths", "is required unless every network is noise or has its own depths");
        }
    }
}
