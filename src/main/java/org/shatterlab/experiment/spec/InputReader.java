package org.shatterlab.experiment.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.Dataset;
import org.shatterlab.lab.input.InputSpec;
import tools.jackson.databind.JsonNode;

/** Reads the inputs of an experiment: the points at which gradients are measured. */
final class InputReader {

    private static final Map<String, Dataset> DATASETS = ApiNames.byName(Dataset.values(), Dataset::apiName);
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** A type of inputs with its name in the API and its fields. */
    enum Type {
        GRID("grid"),
        GAUSSIAN("gaussian"),
        GAUSSIAN_MIXTURE("gaussian-mixture"),
        DATASET("dataset");

        private static final Map<String, Type> BY_NAME = ApiNames.byName(values(), Type::apiName);
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
                case GAUSSIAN_MIXTURE -> List.of("type", "points", "dimension", "components", "separation", "seed");
                case DATASET -> List.of("type", "name", "batch", "seed", "perRun", "sha256");
            };
        }

        String apiName() {
            return apiName;
        }
    }

    private final Limits limits;
    private final ImageChecksums images;
    private final Violations violations;

    InputReader(Limits limits, ImageChecksums images, Violations violations) {
        this.limits = limits;
        this.images = images;
        this.violations = violations;
    }

    /** Returns the inputs; null if the inputs are invalid. */
    @Nullable
    InputSpec read(JsonNode value, String pointer, Precision precision) {
        int before = violations.count();
        JsonObjectReader fields = JsonObjectReader.of(value, pointer, violations, "{\"type\", ...}");
        if (fields == null) {
            return null;
        }
        Type type = fields.requiredChoice("type", Type.BY_NAME);
        if (type == null) {
            fields.onlyKnown(Type.ALL_FIELDS);
            return null;
        }
        fields.onlyKnown(type.fields(), Type.ALL_FIELDS, type.apiName + " inputs", Map.of());
        InputSpec inputs = switch (type) {
            case GRID -> grid(fields);
            case GAUSSIAN -> gaussian(fields);
            case GAUSSIAN_MIXTURE -> mixture(fields);
            case DATASET -> images(fields);
        };
        if (violations.count() == before && inputs instanceof InputSpec.Grid grid) {
            checkEnds(fields, grid, precision);
        }
        return violations.count() == before ? inputs : null;
    }

    private InputSpec.Grid grid(JsonObjectReader fields) {
        return new InputSpec.Grid(
                fields.number("from", SpecDefaults.GRID.from(), any -> true, "a number"),
                fields.number("to", SpecDefaults.GRID.to(), any -> true, "a number"),
                points(fields, SpecDefaults.GRID.points()));
    }

    private InputSpec.Gaussian gaussian(JsonObjectReader fields) {
        return new InputSpec.Gaussian(
                points(fields, SpecDefaults.GAUSSIAN.points()),
                fields.integer("dimension", 1, limits.dimension(), SpecDefaults.GAUSSIAN.dimension(), "dimension"),
                fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE, SpecDefaults.GAUSSIAN.seed(), ""));
    }

    private InputSpec.GaussianMixture mixture(JsonObjectReader fields) {
        InputSpec.GaussianMixture defaults = SpecDefaults.GAUSSIAN_MIXTURE;
        return new InputSpec.GaussianMixture(
                points(fields, defaults.points()),
                fields.integer("dimension", 1, limits.dimension(), defaults.dimension(), "dimension"),
                fields.integer("components", 1, limits.points(), defaults.components(), "points"),
                fields.number("separation", defaults.separation(), std -> std >= 0, "a number of at least 0"),
                fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE, defaults.seed(), ""));
    }

    private InputSpec.@Nullable Images images(JsonObjectReader fields) {
        Dataset dataset = fields.requiredChoice("name", DATASETS);
        int batch = fields.integer("batch", Limits.MIN_POINTS, limits.points(), SpecDefaults.BATCH, "points");
        long seed = fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE, SpecDefaults.BATCH_SEED, "");
        boolean perRun = fields.bool("perRun", SpecDefaults.BATCH_PER_RUN);
        String sha256 = sha256(fields);
        if (dataset == null) {
            return null;
        }
        if (dataset.dimension() > limits.dimension()) {
            fields.reject(
                    "name",
                    String.format(
                            Locale.ROOT,
                            "has images of dimension %d; %d is the limit on dimension",
                            dataset.dimension(),
                            limits.dimension()));
        }
        String checksum = images.resolve(fields, new ImageChecksums.ImageBatch(dataset, batch), sha256);
        return checksum == null ? null : new InputSpec.Images(dataset, batch, seed, perRun, checksum);
    }

    /** Returns the checksum that the document names; null if the document has no checksum or an invalid one. */
    private static @Nullable String sha256(JsonObjectReader fields) {
        JsonNode value = fields.get("sha256");
        if (value == null) {
            return null;
        }
        if (value.isString() && SHA256.matcher(value.stringValue()).matches()) {
            return value.stringValue();
        }
        fields.reject("sha256", ImageChecksums.SHA256_RULE);
        return null;
    }

    private int points(JsonObjectReader fields, int fallback) {
        return fields.integer("points", Limits.MIN_POINTS, limits.points(), fallback, "points");
    }

    private void checkEnds(JsonObjectReader fields, InputSpec.Grid grid, Precision precision) {
        if (grid.from() >= grid.to()) {
            if (fields.has("to")) {
                fields.reject("to", "must be more than \"from\", which is " + grid.from());
            } else {
                fields.reject("from", "must be less than \"to\", which is " + grid.to());
            }
            return;
        }
        // Each end is halved first, because the difference of two doubles may be infinite.
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
                    String.format(
                            Locale.ROOT,
                            "%d points from %s to %s are not distinct numbers in %s",
                            grid.points(),
                            grid.from(),
                            grid.to(),
                            precision.apiName()));
        }
    }
}
