package org.shatterlab.experiment.spec;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
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

/** Reads what is to be measured, and checks that the inputs and the networks allow it. */
final class StatisticsReader {

    /** Lags 0 to 15, and two products at the largest. */
    private static final int MIN_AUTOCORRELATION_POINTS = 17;

    private static final Map<String, Statistic> STATISTICS = ApiNames.byName(Statistic.values(), Statistic::apiName);
    private static final List<Statistic> CHEAP = List.of(
            Statistic.GRADIENT_VARIANCE, Statistic.GRADIENT_CORRELATION, Statistic.AUTOCORRELATION, Statistic.GRADIENT);

    /** Those that divide by how the gradient varies over the inputs. */
    private static final Set<Statistic> OF_VARIATION =
            EnumSet.of(Statistic.AUTOCORRELATION, Statistic.OUTER_PRODUCT, Statistic.SPECTRAL_EXPONENT);

    private final Limits limits;
    private final Violations violations;

    StatisticsReader(Limits limits, Violations violations) {
        this.limits = limits;
        this.violations = violations;
    }

    /** The cheap statistics that inputs and networks allow. */
    Set<Statistic> defaults(InputSpec inputs, List<NetworkEntry> networks) {
        return ExperimentSpec.inEnumOrder(CHEAP.stream()
                .filter(statistic -> problem(statistic, inputs) == null)
                .filter(statistic -> networks.stream().allMatch(entry -> linearProblem(statistic, entry) == null))
                .toList());
    }

    /**
     * The statistics of a list.
     *
     * @param inputs what is measured; null if that was refused, and then nothing is checked against it
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
            String problem;
            if (statistic == null) {
                problem = JsonObjectReader.oneOf(items.get(i), STATISTICS.keySet());
            } else {
                String first = seen.putIfAbsent(statistic, at);
                problem = first != null
                        ? "must be distinct; the same statistic stands at " + first
                        : inputs == null ? null : problem(statistic, inputs);
            }
            if (problem != null) {
                violations.add(at, items.get(i), problem);
            }
        }
        return ExperimentSpec.inEnumOrder(seen.keySet());
    }

    /** Why inputs do not allow a statistic; null if they do. */
    @Nullable
    String problem(Statistic statistic, InputSpec inputs) {
        if (statistic.needsOrderedInputs() && !(inputs instanceof InputSpec.Grid)) {
            return "needs ordered inputs: inputs must be of type \"grid\"";
        }
        if (Statistic.anyFrom(Source.COVARIANCE, Set.of(statistic)) && !inputs.isSameInEveryRun()) {
            return "is over pairs of inputs, which must be the same in every run: inputs must have \"perRun\": false";
        }
        if (statistic == Statistic.AUTOCORRELATION && inputs.points() < MIN_AUTOCORRELATION_POINTS) {
            return "needs at least %d points, for lags 0 to 15; inputs has %d"
                    .formatted(MIN_AUTOCORRELATION_POINTS, inputs.points());
        }
        if (statistic == Statistic.SPECTRAL_EXPONENT && inputs.points() < SpectralExponent.MIN_POINTS) {
            return "needs at least %d points, for the frequencies 1 to points / 8; inputs has %d"
                    .formatted(SpectralExponent.MIN_POINTS, inputs.points());
        }
        if (statistic.source() == Statistic.Source.INPUT_GRADIENTS) {
            return rankProblem(inputs);
        }
        if (statistic.kind() == Statistic.Kind.MATRIX && inputs.points() > limits.matrixPoints()) {
            return "is a matrix over points; %d is the limit on points of a matrix, inputs has %d"
                    .formatted(limits.matrixPoints(), inputs.points());
        }
        return null;
    }

    private @Nullable String rankProblem(InputSpec inputs) {
        if (inputs.dimension() == 1) {
            return "needs inputs of at least 2 dimensions: gradients along a line have rank 1";
        }
        int smaller = Math.min(inputs.points(), inputs.dimension());
        return smaller > limits.matrixPoints()
                ? "needs the eigenvalues of a matrix over points or dimensions, whichever are fewer; %d is the limit on points of a matrix, inputs has %d"
                        .formatted(limits.matrixPoints(), smaller)
                : null;
    }

    /** Checks an experiment that is right but for what its statistics ask of its networks. */
    void checkNetworks(JsonObjectReader fields, ExperimentSpec spec) {
        JsonNode given = fields.get("statistics");
        if (given == null) {
            return;
        }
        for (int i = 0; i < given.size(); i++) {
            Statistic statistic = JsonObjectReader.chosen(given.get(i), STATISTICS);
            String problem = statistic == null ? null : networkProblem(statistic, spec);
            if (problem != null) {
                violations.add(fields.at("statistics") + "/" + i, given.get(i), problem);
            }
        }
    }

    private @Nullable String networkProblem(Statistic statistic, ExperimentSpec spec) {
        if (spec.statistics().stream().allMatch(Statistic::needsNetwork)
                && spec.networks().stream().allMatch(entry -> entry.network() instanceof NetworkSpec.Noise)) {
            return "needs a network: noise has neither layers nor inputs";
        }
        return spec.networks().stream()
                .map(entry -> networkProblem(statistic, spec, entry))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String linearProblem(Statistic statistic, NetworkEntry entry) {
        return OF_VARIATION.contains(statistic)
                        && entry.network() instanceof NetworkSpec.Rectifier network
                        && network.isLinear()
                ? "is 0/0 where the gradient is the same at every input, as in a linear network, which network \"%s\" is"
                        .formatted(entry.label())
                : null;
    }

    private @Nullable String networkProblem(Statistic statistic, ExperimentSpec spec, NetworkEntry entry) {
        if (entry.network() instanceof NetworkSpec.Convolutional && statistic.source() == Source.ACTIVITY) {
            return "is measured in fully connected networks; network \"%s\" is convolutional".formatted(entry.label());
        }
        if (!(entry.network() instanceof NetworkSpec.Rectifier network)) {
            return null;
        }
        if (statistic == Statistic.ACTIVITY_RASTER && network.width() > limits.matrixPoints()) {
            return "is a matrix of width x points; %d is the limit on points of a matrix, network \"%s\" has width %d"
                    .formatted(limits.matrixPoints(), entry.label(), network.width());
        }
        long layers =
                spec.effectiveDepths(entry).stream().mapToLong(depth -> depth).sum();
        if (statistic.isPerLayer() && layers > limits.layers()) {
            return "has a row for each layer of each depth; %d is the limit on layers, network \"%s\" has %d in all its depths"
                    .formatted(limits.layers(), entry.label(), layers);
        }
        return linearProblem(statistic, entry);
    }
}
