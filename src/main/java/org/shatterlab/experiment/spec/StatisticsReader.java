package org.shatterlab.experiment.spec;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.SpectralExponent;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.statistic.Statistic.Source;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Reads the statistics of an experiment, and checks that the inputs and the networks allow each statistic. */
final class StatisticsReader {

    /** The autocorrelation has lags 0 to 15, and the largest lag needs two products. */
    private static final int MIN_AUTOCORRELATION_POINTS = 17;

    private static final Map<String, Statistic> STATISTICS = ApiNames.byName(Statistic.values(), Statistic::apiName);
    private static final List<Statistic> CHEAP = List.of(
            Statistic.GRADIENT_VARIANCE, Statistic.GRADIENT_CORRELATION, Statistic.AUTOCORRELATION, Statistic.GRADIENT);

    /** The statistics that divide by the variation of the gradient over the inputs. */
    private static final Set<Statistic> OF_VARIATION =
            EnumSet.of(Statistic.AUTOCORRELATION, Statistic.OUTER_PRODUCT, Statistic.SPECTRAL_EXPONENT);

    private final Limits limits;
    private final Violations violations;

    StatisticsReader(Limits limits, Violations violations) {
        this.limits = limits;
        this.violations = violations;
    }

    /** Returns the cheap statistics that the inputs and all networks allow. */
    Set<Statistic> defaults(InputSpec inputs, List<NetworkEntry> networks) {
        return ExperimentSpec.inEnumOrder(CHEAP.stream()
                .filter(statistic -> violation(statistic, inputs) == null)
                .filter(statistic -> networks.stream().allMatch(entry -> linearViolation(statistic, entry) == null))
                .toList());
    }

    /**
     * Returns the known statistics of a list, and records a violation for every invalid entry.
     *
     * @param inputs the inputs of the experiment; null if the inputs are invalid, which skips the checks against inputs
     */
    Set<Statistic> read(JsonNode value, String pointer, @Nullable InputSpec inputs) {
        if (!(value instanceof ArrayNode list) || list.isEmpty()) {
            violations.add(
                    pointer,
                    value,
                    "must be a nonempty array of distinct names out of " + ApiNames.quoted(STATISTICS.keySet()));
            return Set.of();
        }
        Map<Statistic, String> seen = new EnumMap<>(Statistic.class);
        List<JsonNode> items = new ArrayList<>(list.values());
        for (int i = 0; i < items.size(); i++) {
            String at = pointer + "/" + i;
            Statistic statistic = JsonObjectReader.chosen(items.get(i), STATISTICS);
            String violation;
            if (statistic == null) {
                violation = JsonObjectReader.oneOf(items.get(i), STATISTICS.keySet());
            } else {
                String first = seen.putIfAbsent(statistic, at);
                violation = first != null
                        ? "must be distinct; the same statistic is at " + first
                        : inputs == null ? null : violation(statistic, inputs);
            }
            if (violation != null) {
                violations.add(at, items.get(i), violation);
            }
        }
        return ExperimentSpec.inEnumOrder(seen.keySet());
    }

    /** Returns the reason why the inputs do not allow a statistic; null if the inputs allow the statistic. */
    @Nullable
    String violation(Statistic statistic, InputSpec inputs) {
        if (statistic.needsGrid() && !(inputs instanceof InputSpec.Grid)) {
            return "needs ordered inputs: inputs must be of type \"grid\"";
        }
        if (Statistic.anyFrom(Source.COVARIANCE, Set.of(statistic)) && !inputs.isSameInEveryRun()) {
            return "compares pairs of inputs, so the inputs must be the same in every run; set \"perRun\" of inputs to false";
        }
        if (statistic == Statistic.AUTOCORRELATION && inputs.points() < MIN_AUTOCORRELATION_POINTS) {
            return String.format(
                    Locale.ROOT,
                    "needs at least %d points, for lags 0 to 15; inputs has %d",
                    MIN_AUTOCORRELATION_POINTS,
                    inputs.points());
        }
        if (statistic == Statistic.SPECTRAL_EXPONENT && inputs.points() < SpectralExponent.MIN_POINTS) {
            return String.format(
                    Locale.ROOT,
                    "needs at least %d points, for the frequencies 1 to points / 8; inputs has %d",
                    SpectralExponent.MIN_POINTS,
                    inputs.points());
        }
        if (statistic.source() == Statistic.Source.INPUT_GRADIENTS) {
            return rankViolation(inputs);
        }
        if (statistic.kind() == Statistic.Kind.MATRIX && inputs.points() > limits.matrixPoints()) {
            return String.format(
                    Locale.ROOT,
                    "is a matrix over points; %d is the limit on points of a matrix, inputs has %d",
                    limits.matrixPoints(),
                    inputs.points());
        }
        return null;
    }

    private @Nullable String rankViolation(InputSpec inputs) {
        if (inputs.dimension() == 1) {
            return "needs inputs of at least 2 dimensions: gradients along a line have rank 1";
        }
        int smaller = Math.min(inputs.points(), inputs.dimension());
        return smaller > limits.matrixPoints()
                ? String.format(
                        Locale.ROOT,
                        "needs the eigenvalues of a matrix whose size is the smaller of points and dimensions; %d is the limit on points of a matrix, inputs has %d",
                        limits.matrixPoints(),
                        smaller)
                : null;
    }

    /** Checks the statistics against the networks of an experiment that has no other violation. */
    void checkNetworks(JsonObjectReader fields, ExperimentSpec spec) {
        JsonNode given = fields.get("statistics");
        if (given == null) {
            return;
        }
        for (int i = 0; i < given.size(); i++) {
            Statistic statistic = JsonObjectReader.chosen(given.get(i), STATISTICS);
            String violation = statistic == null ? null : networkViolation(statistic, spec);
            if (violation != null) {
                violations.add(fields.at("statistics") + "/" + i, given.get(i), violation);
            }
        }
    }

    private @Nullable String networkViolation(Statistic statistic, ExperimentSpec spec) {
        if (spec.statistics().stream().allMatch(Statistic::needsNetwork)
                && spec.networks().stream().allMatch(entry -> entry.network() instanceof NetworkSpec.Noise)) {
            return "needs a network: noise has neither layers nor inputs";
        }
        return spec.networks().stream()
                .map(entry -> networkViolation(statistic, spec, entry))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String linearViolation(Statistic statistic, NetworkEntry entry) {
        return OF_VARIATION.contains(statistic)
                        && entry.network() instanceof NetworkSpec.Rectifier network
                        && network.isLinear()
                ? "is 0/0 for network \"%s\": the network is linear, so the gradient is the same at every input"
                        .formatted(entry.label())
                : null;
    }

    private @Nullable String networkViolation(Statistic statistic, ExperimentSpec spec, NetworkEntry entry) {
        if (entry.network() instanceof NetworkSpec.Convolutional && statistic.source() == Source.ACTIVITY) {
            return "is measured only in fully connected networks; network \"%s\" is convolutional"
                    .formatted(entry.label());
        }
        if (!(entry.network() instanceof NetworkSpec.Rectifier network)) {
            return null;
        }
        if (statistic == Statistic.ACTIVITY_RASTER && network.width() > limits.matrixPoints()) {
            return String.format(
                    Locale.ROOT,
                    "is a matrix of width x points; %d is the limit on points of a matrix, network \"%s\" has width %d",
                    limits.matrixPoints(),
                    entry.label(),
                    network.width());
        }
        long layers =
                spec.effectiveDepths(entry).stream().mapToLong(depth -> depth).sum();
        if (statistic.isPerLayer() && layers > limits.layers()) {
            return String.format(
                    Locale.ROOT,
                    "has a row for each layer of each depth; %d is the limit on layers, network \"%s\" has %d in all its depths",
                    limits.layers(),
                    entry.label(),
                    layers);
        }
        return linearViolation(statistic, entry);
    }
}
