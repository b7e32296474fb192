package org.shatterlab.experiment;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.Precision;
import org.shatterlab.lab.input.InputSpec;
import tools.jackson.databind.JsonNode;

/** Reads the points at which gradients are taken. */
final class InputReader {

    private static final int FEWEST_POINTS = 2;

    /** What the API calls a kind of inputs, and the fields that such inputs have. */
    enum Type {
        GRID("grid"),
        GAUSSIAN("gaussian");

        private static final Map<String, Type> BY_NAME = Names.byName(values(), Type::apiName);
        static final List<String> ALL_FIELDS = Arrays.stream(values())
                .flatMap(type -> type.fields().stream())
                .distinct()
                .toList();

        private final String apiName;

        Type(String apiName) {
            this.apiName = apiName;
        }

        List<String> fields() {
            return switch (this) {
                case GRID -> List.of("type", "from", "to", "points");
                case GAUSSIAN -> List.of("type", "points", "dimension", "seed");
            };
        }

        String apiName() {
            return apiName;
        }
    }

    private final Limits limits;
    private final Violations violations;

    InputReader(Limits limits, Violations violations) {
        this.limits = limits;
        this.violations = violations;
    }

    /** The inputs, or null if they are refused. */
    @Nullable
    InputSpec read(JsonNode value, String pointer, Precision precision) {
        int before = violations.count();
        Fields fields = Fields.of(value, pointer, violations, "{\"type\": \"grid\" or \"gaussian\", ...}");
        if (fields == null) {
            return null;
        }
        Type type = fields.requiredChoice("type", Type.BY_NAME);
        if (type == null) {
            fields.onlyKnown(Type.ALL_FIELDS);
            return null;
        }
        fields.onlyKnown(type.fields(), Type.ALL_FIELDS, type.apiName + " inputs");
        InputSpec inputs = switch (type) {
            case GRID -> grid(fields);
            case GAUSSIAN -> gaussian(fields);
        };
        if (violations.count() == before && inputs instanceof InputSpec.Grid grid) {
            checkEnds(fields, grid, precision);
        }
        return violations.count() == before ? inputs : null;
    }

    private InputSpec.Grid grid(Fields fields) {
        return new InputSpec.Grid(
                fields.number("from", Defaults.GRID.from(), any -> true, "a number"),
                fields.number("to", Defaults.GRID.to(), any -> true, "a number"),
                points(fields, Defaults.GRID.points()));
    }

    private InputSpec.Gaussian gaussian(Fields fields) {
        return new InputSpec.Gaussian(
                points(fields, Defaults.GAUSSIAN.points()),
                fields.integer("dimension", 1, limits.dimension(), Defaults.GAUSSIAN.dimension(), "dimension"),
                fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE, Defaults.GAUSSIAN.seed(), ""));
    }

    private int points(Fields fields, int fallback) {
        return fields.integer("points", FEWEST_POINTS, limits.points(), fallback, "points");
    }

    private void checkEnds(Fields fields, InputSpec.Grid grid, Precision precision) {
        if (grid.from() >= grid.to()) {
            if (fields.has("to")) {
                fields.refuse("to", "must be more than \"from\", which is " + grid.from());
            } else {
                fields.refuse("from", "must be less than \"to\", which is " + grid.to());
            }
            return;
        }
        // Half of each, because the difference of two doubles may be infinite.
        double halfSpacing = (grid.to() / 2 - grid.from() / 2) / (grid.points() - 1);
        double farthest = Math.max(Math.abs(grid.from()), Math.abs(grid.to()));
        double resolution = switch (precision) {
            case FLOAT32 -> Math.ulp((float) farthest);
            case FLOAT64 -> Math.ulp(farthest);
        };
        if (!Double.isFinite(grid.to() - grid.from()) || halfSpacing < resolution) {
            violations.add(
                    fields.pointer(),
                    fields.node(),
                    "%d points from %s to %s are not distinct numbers in %s"
                            .formatted(grid.points(), grid.from(), grid.to(), precision.apiName()));
        }
    }
}
