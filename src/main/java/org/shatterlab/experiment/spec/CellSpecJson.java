package org.shatterlab.experiment.spec;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.Statistic;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes and reads a {@link CellSpec} as canonical JSON. The names are sorted, default values are left out, a number
 * has exactly one spelling, and the text has no white space.
 *
 * <p>Equal cells have equal text, so the text can be hashed. The text reads back to an equal cell, so the text can be
 * stored.
 *
 * <pre>{"depths":[2,4],"firstRun":0,"inputs":{"type":"grid"},"network":{"beta":0.1,"family":"resnet"},
 * "runs":5,"seed":1702,"statistics":["autocorrelation","gradient-variance"]}</pre>
 */
public final class CellSpecJson {

    private static final List<String> FIELDS =
            List.of("depths", "draws", "firstRun", "inputs", "network", "precision", "runs", "seed", "statistics");

    private CellSpecJson() {}

    /** Returns the canonical JSON of a cell. */
    public static String write(CellSpec cell) {
        return StrictJson.sorted(tree(cell));
    }

    /**
     * Reads JSON that {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the text is not a cell
     */
    public static CellSpec read(String json) {
        Violations violations = new Violations();
        CellSpec cell = read(StrictJson.parse(json), violations);
        if (cell == null || !violations.isEmpty()) {
            throw new IllegalArgumentException("The text is not a cell: " + violations.list());
        }
        return cell;
    }

    /** Returns the canonical JSON of a cell as a tree. */
    public static ObjectNode tree(CellSpec cell) {
        ObjectNode json = subject(cell.network(), cell.inputs());
        if (!cell.depths().isEmpty()) {
            json.set("depths", SpecJsonWriter.integers(cell.depths()));
        }
        json.put("firstRun", cell.firstRun());
        json.put("runs", cell.runs());
        json.set(
                "statistics",
                SpecJsonWriter.texts(cell.statistics().stream()
                        .map(Statistic::apiName)
                        .sorted()
                        .toList()));
        SpecJsonWriter.CANONICAL.draws(json, cell.seed(), cell.precision(), cell.draws());
        return json;
    }

    /** Returns the canonical JSON of a network and its inputs, which are the fields that a prediction depends on. */
    public static ObjectNode subject(NetworkSpec network, InputSpec inputs) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("network", SpecJsonWriter.CANONICAL.network(network, inputs));
        json.set("inputs", SpecJsonWriter.CANONICAL.inputs(inputs));
        return json;
    }

    private static @Nullable CellSpec read(JsonNode json, Violations violations) {
        JsonObjectReader fields = JsonObjectReader.of(json, "", violations, "a cell");
        if (fields == null) {
            return null;
        }
        fields.onlyKnown(FIELDS);
        Precision precision = fields.choice("precision", SpecParser.PRECISIONS, SpecDefaults.PRECISION);
        InputSpec inputs = new InputReader(Limits.UNLIMITED, ImageChecksums.RECORDED, violations)
                .read(required(fields, "inputs"), "/inputs", precision);
        Set<Statistic> statistics = new StatisticsReader(Limits.UNLIMITED, violations)
                .read(required(fields, "statistics"), "/statistics", inputs);
        JsonObjectReader network =
                JsonObjectReader.of(required(fields, "network"), "/network", violations, "a network");
        ExperimentSpec.NetworkEntry entry =
                network == null ? null : new NetworkReader(Limits.UNLIMITED, violations, inputs).read(network);
        JsonNode depths = fields.get("depths");
        if (inputs == null || entry == null) {
            return null;
        }
        return new CellSpec(
                entry.network(),
                inputs,
                depths == null ? List.of() : new DepthsReader(Limits.UNLIMITED, violations).read(depths, "/depths"),
                statistics,
                precision,
                fields.choice("draws", SpecParser.DRAWS, SpecDefaults.DRAWS),
                fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE, SpecDefaults.SEED, ""),
                fields.integer("firstRun", 0, Integer.MAX_VALUE, 0, ""),
                fields.integer("runs", 1, Integer.MAX_VALUE, CellSpec.CHUNK, ""));
    }

    private static JsonNode required(JsonObjectReader fields, String name) {
        return Objects.requireNonNullElse(fields.get(name), JsonNodeFactory.instance.nullNode());
    }
}
