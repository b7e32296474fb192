package org.shatterlab.experiment.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.statistic.Statistic;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the number of runs of each network: a fixed number, or the precision that the rows must reach. */
final class RunsReader {

    static final String MIN = "min";
    static final String MAX = "max";
    static final String RELATIVE_ERROR = "relativeError";
    static final String ABSOLUTE_ERROR = "absoluteError";
    static final String OF = "of";

    private static final List<String> FIELDS = List.of(MIN, MAX, RELATIVE_ERROR, ABSOLUTE_ERROR, OF);
    private static final Map<String, Statistic> ROWS = ApiNames.byName(
            Arrays.stream(Statistic.values())
                    .filter(statistic -> statistic.kind() == Statistic.Kind.ROWS)
                    .toArray(Statistic[]::new),
            Statistic::apiName);

    private final Limits limits;

    RunsReader(Limits limits) {
        this.limits = limits;
    }

    /**
     * Returns the runs of an experiment. The default replaces an invalid number.
     *
     * @param statistics the statistics of the experiment; empty if the statistics are invalid, which skips the check of
     *     the statistic that must be precise
     */
    Runs read(JsonObjectReader fields, Set<Statistic> statistics) {
        JsonNode value = fields.get("runs");
        if (value instanceof ObjectNode targets) {
            return adaptive(new JsonObjectReader(targets, fields.at("runs"), fields.violations()), statistics);
        }
        if (value != null && !value.isNumber()) {
            fields.reject(
                    "runs",
                    JsonObjectReader.integerBetween(1, limits.runs(), "runs") + "; or an object with fields out of "
                            + ApiNames.quoted(FIELDS));
            return new Runs.Fixed(SpecDefaults.RUNS);
        }
        return new Runs.Fixed(fields.integer("runs", 1, limits.runs(), SpecDefaults.RUNS, "runs"));
    }

    private Runs adaptive(JsonObjectReader fields, Set<Statistic> statistics) {
        fields.onlyKnown(FIELDS);
        int before = fields.violations().count();
        int min = fields.integer(MIN, CellSpec.CHUNK, limits.runs(), SpecDefaults.RUNS, "runs");
        int max = fields.integer(MAX, 1, limits.runs(), Math.min(SpecDefaults.MAX_RUNS, limits.runs()), "runs");
        if (fields.violations().count() == before) {
            checkRange(fields, min, max);
        }
        if (!fields.has(RELATIVE_ERROR) && !fields.has(ABSOLUTE_ERROR)) {
            fields.reject(RELATIVE_ERROR, "is required unless \"" + ABSOLUTE_ERROR + "\" is given");
        }
        Double relative = target(fields, RELATIVE_ERROR, 1, "a number greater than 0 and at most 1");
        Double absolute = target(fields, ABSOLUTE_ERROR, Double.MAX_VALUE, "a number greater than 0");
        Statistic of = fields.requiredChoice(OF, ROWS);
        if (of != null && !statistics.isEmpty() && !statistics.contains(of)) {
            fields.reject(OF, "must be among the statistics that the experiment measures");
        }
        return new Runs.Adaptive(min, max, relative, absolute, of == null ? Statistic.GRADIENT_CORRELATION : of);
    }

    private static void checkRange(JsonObjectReader fields, int min, int max) {
        if (min % CellSpec.CHUNK != 0) {
            fields.reject(MIN, "must be a multiple of " + CellSpec.CHUNK + ", the runs of a cell");
        }
        if (max < min) {
            fields.reject(
                    MAX,
                    "must be at least \"min\", which is " + min
                            + (fields.has(MAX) ? "" : "; the default of \"max\" is " + max));
        }
    }

    private static @Nullable Double target(JsonObjectReader fields, String name, double most, String what) {
        return fields.has(name)
                ? (Double) fields.number(name, most, number -> number > 0 && number <= most, what)
                : null;
    }
}
