package org.shatterlab.experiment.spec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.cell.CellAdmission;
import org.shatterlab.experiment.cell.CellPlanner;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.Datasets;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.Statistic;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a whole specification, noting everything that is wrong with it. */
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
    private final @Nullable Datasets datasets;
    private final @Nullable Map<DeviceClass, Long> memory;
    private final Violations violations;

    /**
     * A parser of one specification.
     *
     * @param datasets null for what was accepted once: data that are gone must not make it unreadable
     * @param memory {@code DeviceMemory.most}; null likewise, for workers that are gone
     */
    SpecParser(
            Limits limits,
            @Nullable Datasets datasets,
            @Nullable Map<DeviceClass, Long> memory,
            Violations violations) {
        this.limits = limits;
        this.datasets = datasets;
        this.memory = memory;
        this.violations = violations;
    }

    /**
     * Reads what is there.
     *
     * @param whole whether a required field that is missing is a violation: not where its absence follows from another
     * @return the specification if no violation was noted, otherwise something that is not to be used
     */
    ExperimentSpec parse(ObjectNode body, boolean whole) {
        JsonObjectReader fields = new JsonObjectReader(body, "", violations);
        fields.onlyKnown(FIELDS);
        String name = nullableText(fields, "name");
        String preset = nullableText(fields, "preset");
        int beside = violations.count();
        Precision precision = fields.choice("precision", PRECISIONS, SpecDefaults.PRECISION);
        InputSpec inputs = inputs(fields, precision);
        JsonNode depthsNode = fields.get("depths");
        List<Integer> depths = depthsNode == null
                ? List.of()
                : new DepthsReader(limits, violations).read(depthsNode, fields.at("depths"));
        List<NetworkEntry> networks = networks(fields, inputs, whole);
        Set<Statistic> statistics = statistics(fields, inputs, networks);
        if (whole && depthsNode == null) {
            requireDepths(fields, networks);
        }
        if (!NetworkReader.areEven(depths)
                && networks.stream()
                        .anyMatch(entry ->
                                entry.network() instanceof NetworkSpec.Convolutional && entry.depths() == null)) {
            fields.refuse("depths", NetworkReader.EVEN_DEPTHS);
        }
        boolean measurable = whole && violations.count() == beside;
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
                device(fields, device),
                fields.integer("priority", -MAX_PRIORITY, MAX_PRIORITY, SpecDefaults.PRIORITY, ""),
                fields.bool("cache", SpecDefaults.CACHE));
        if (violations.isEmpty()) {
            new StatisticsReader(limits, violations).checkNetworks(fields, spec);
            checkCells(fields, spec);
        }
        boolean anywhere = device.equals(SpecDefaults.DEVICE);
        ExperimentSpec admitted = measurable && memory != null
                ? new CellAdmission(limits, memory, violations).admit(fields, spec, anywhere)
                : spec;
        if (measurable || !anywhere) {
            checkDraws(fields, admitted);
        }
        return admitted;
    }

    private static @Nullable String nullableText(JsonObjectReader fields, String field) {
        JsonNode value = fields.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        String problem = value.isString()
                ? TextRules.problem(value.stringValue(), MAX_NAME_LENGTH)
                : "must be text of 1 to " + MAX_NAME_LENGTH + " characters, or null";
        if (problem != null) {
            fields.refuse(field, problem);
            return null;
        }
        return value.stringValue();
    }

    /** What is left to the service is a CPU's until it is decided, as what was accepted before there was a choice. */
    private DeviceClass device(JsonObjectReader fields, String asked) {
        Set<DeviceClass> there = memory == null ? Set.of() : memory.keySet();
        boolean hasGpu = there.contains(DeviceClass.GPU);
        if (memory != null && asked.equals(GPU) && !hasGpu) {
            fields.refuse(
                    "device",
                    "no worker with a GPU gave a sign of life within a minute; start one, or ask for \"auto\" or \"cpu\"");
        }
        if (asked.equals(CPU) && hasGpu && !there.contains(DeviceClass.CPU)) {
            fields.refuse(
                    "device",
                    "only workers with a GPU gave a sign of life within a minute; start one without, or ask for \"auto\" or \"gpu\"");
        }
        return asked.equals(GPU) ? DeviceClass.GPU : DeviceClass.CPU;
    }

    /** A CPU would draw no faster, and its threads would take turns at the one generator that the engine has. */
    private static void checkDraws(JsonObjectReader fields, ExperimentSpec spec) {
        if (spec.draws() == DrawSource.DEVICE && spec.device() == DeviceClass.CPU) {
            fields.refuse(
                    "draws",
                    "must be \"host\" where a CPU computes, which would draw no faster; \"device\" is for experiments whose device is \"gpu\"");
        }
    }

    private @Nullable InputSpec inputs(JsonObjectReader fields, Precision precision) {
        JsonNode value = fields.get("inputs");
        return value == null
                ? SpecDefaults.GRID
                : new InputReader(limits, datasets, violations).read(value, fields.at("inputs"), precision);
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
            fields.refuse("networks", "must be a nonempty array of networks, unless \"preset\" brings them");
            return List.of();
        }
        if (list.size() > limits.networks()) {
            fields.refuse("networks", "are %d; %d is the limit on networks".formatted(list.size(), limits.networks()));
        }
        NetworkReader reader = new NetworkReader(limits, violations, inputs);
        Map<String, String> labels = new HashMap<>();
        List<NetworkEntry> networks = new ArrayList<>();
        // Not those beyond the limit: the depths of a megabyte of networks would take a thousand times as much.
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
            String given = network.has("label") ? "" : "; it is \"" + label + "\" because none is given";
            network.refuse("label", "must be unique; " + first + " has the same" + given);
        }
    }

    private static void requireDepths(JsonObjectReader fields, List<NetworkEntry> networks) {
        if (networks.stream()
                .anyMatch(entry -> !(entry.network() instanceof NetworkSpec.Noise) && entry.depths() == null)) {
            fields.refuse("depths", "is required unless every network is noise or has depths of its own");
        }
    }

    private void checkCells(JsonObjectReader fields, ExperimentSpec spec) {
        long cells = CellPlanner.count(spec);
        if (cells > limits.cells()) {
            fields.refuse(
                    "runs",
                    "%d networks of %d runs are %d cells; %d is the limit on cells"
                            .formatted(spec.networks().size(), spec.runs().most(), cells, limits.cells()));
        }
    }
}
