package org.shatterlab.experiment;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.statistic.Statistic.Source;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Reads what is to be measured, and checks that the inputs allow it. */
final class StatisticsReader {

    /** Lags 0 to 15, and two products at the largest. */
    private static final int FEWEST_POINTS_OF_AUTOCORRELATION = 17;

    private static final Map<String, Statistic> STATISTICS = Names.byName(Statistic.values(), Statistic::apiName);
    private static final List<Statistic> CHEAP = List.of(
            Statistic.GRADIENT_VARIANCE, Statistic.GRADIENT_CORRELATION, Statistic.AUTOCORRELATION, Statistic.GRADIENT);

    private final Limits limits;
    private final Violations violations;

    StatisticsReader(Limits limits, Violations violations) {
        this.limits = limits;
        this.violations = violations;
    }

    /** The cheap statistics that the inputs allow. */
    Set<Statistic> defaults(InputSpec inputs) {
        return ExperimentSpec.inEnumOrder(CHEAP.stream()
                .filter(statistic -> problem(statistic, inputs) == null)
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
                    "must be a nonempty array of distinct names out of " + Names.quoted(STATISTICS.keySet()));
            return Set.of();
        }
        Map<Statistic, String> seen = new EnumMap<>(Statistic.class);
        List<JsonNode> items = new ArrayList<>(list.values());
        for (int i = 0; i < items.size(); i++) {
            String at = pointer + "/" + i;
            Statistic statistic = Fields.chosen(items.get(i), STATISTICS);
            String problem;
            if (statistic == null) {
                problem = Fields.oneOf(items.get(i), STATISTICS.keySet());
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

    private @Nullable String problem(Statistic statistic, InputSpec inputs) {
        if (statistic.needsOrderedInputs() && !(inputs instanceof InputSpec.Grid)) {
            return "needs ordered inputs: inputs must be of type \"grid\"";
        }
        if (Statistic.anyFrom(Source.COVARIANCE, Set.of(statistic)) && !inputs.isSameInEveryRun()) {
            return "is over pairs of inputs, which must be the same in every run: inputs must have \"perRun\": false";
        }
        if (statistic == Statistic.AUTOCORRELATION && inputs.points() < FEWEST_POINTS_OF_AUTOCORRELATION) {
            return "needs at least %d points, for lags 0 to 15; inputs has %d"
                    .formatted(FEWEST_POINTS_OF_AUTOCORRELATION, inputs.points());
        }
        if (statistic.kind() == Statistic.Kind.MATRIX && inputs.points() > limits.matrixPoints()) {
            return "is a matrix of points x points; %d is the limit on points of a matrix, inputs has %d"
                    .formatted(limits.matrixPoints(), inputs.points());
        }
        return null;
    }
}
