package org.shatterlab.result.web;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.RunDraws;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.result.ResultQuery;
import org.shatterlab.result.ResultQuery.DepthRange;

/**
 * What a request compares.
 *
 * @param statistic of both networks
 * @param depths which rows; empty for all
 * @param level the confidence, between 0 and 1
 */
record ComparisonParameters(Side left, Side right, Statistic statistic, List<DepthRange> depths, double level) {

    private static final double DEFAULT_LEVEL = 0.95;

    /** A network of an experiment. */
    record Side(Experiment experiment, NetworkEntry entry) {

        private boolean isNoise() {
            return entry.network() instanceof NetworkSpec.Noise;
        }

        /** Whether each run of both has images of its own, and the same. */
        private boolean sharesImagesWith(Side other) {
            InputSpec inputs = experiment.spec().inputs();
            return !inputs.isSameInEveryRun()
                    && inputs.equals(other.experiment.spec().inputs());
        }

        /**
         * Whether runs have the same weights, of the first layer at least: {@link RunDraws} draws them from the network, the
         * seed and the run.
         */
        private boolean sharesDrawsWith(Side other) {
            return entry.network().equals(other.entry.network())
                    && experiment.spec().seed() == other.experiment.spec().seed();
        }
    }

    /** An experiment and a label, as they were given. */
    private record Address(String experiment, String label) {}

    static ComparisonParameters read(Map<String, String[]> given, ExperimentService stored) {
        QueryParameters parameters = new QueryParameters(given);
        Side left = side("left", parameters, stored);
        Side right = side("right", parameters, stored);
        Statistic statistic = parameters.required(
                "statistic",
                "must be one of: " + String.join(", ", ResultParameters.STATISTICS),
                ComparisonParameters::statistic);
        List<DepthRange> depths = ResultParameters.depths(parameters);
        Double level = parameters.parsed("level", "must be a number above 0 and below 1, such as 0.95", text -> {
            double number = new BigDecimal(text).doubleValue();
            return number > 0 && number < 1 ? number : null;
        });
        if (left != null && right != null) {
            requireMeasured(left, statistic, parameters);
            requireMeasured(right, statistic, parameters);
            requireIndependent(left, right, parameters);
        }
        parameters.requireValid();
        return new ComparisonParameters(
                Objects.requireNonNull(left),
                Objects.requireNonNull(right),
                Objects.requireNonNull(statistic),
                depths,
                Objects.requireNonNullElse(level, DEFAULT_LEVEL));
    }

    private static @Nullable Side side(String name, QueryParameters parameters, ExperimentService stored) {
        Address address = parameters.required(
                name,
                "must be the id of an experiment, a slash, and the label of one of its networks",
                ComparisonParameters::address);
        if (address == null) {
            return null;
        }
        Experiment experiment = CombinedParameters.find(address.experiment(), stored);
        for (NetworkEntry entry : experiment.spec().networks()) {
            if (entry.label().equals(address.label())) {
                return new Side(experiment, entry);
            }
        }
        parameters.refuse(
                name,
                address.label(),
                "must name a network of the experiment: "
                        + String.join(", ", ResultParameters.labels(experiment.spec())));
        return null;
    }

    private static @Nullable Address address(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? null : new Address(text.substring(0, slash), text.substring(slash + 1));
    }

    private static @Nullable Statistic statistic(String name) {
        return Arrays.stream(Statistic.values())
                .filter(statistic -> statistic.kind() == Statistic.Kind.ROWS)
                .filter(statistic -> statistic.apiName().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static void requireMeasured(Side side, @Nullable Statistic statistic, QueryParameters parameters) {
        if (statistic != null && !side.experiment().spec().statistics().contains(statistic)) {
            parameters.refuse(
                    "statistic",
                    statistic.apiName(),
                    "is not measured by experiment " + side.experiment().id()
                            + "; submit one whose statistics name it");
        }
    }

    private static void requireIndependent(Side left, Side right, QueryParameters parameters) {
        if (left.sharesImagesWith(right)) {
            parameters.refuse(
                    "right",
                    right.experiment().id() + "/" + right.entry().label(),
                    "must have inputs with another seed, or without \"perRun\": with the same images in each run the two are "
                            + "not independent, which the test takes them for");
        }
        if (left.sharesDrawsWith(right)) {
            parameters.refuse(
                    "right",
                    right.experiment().id() + "/" + right.entry().label(),
                    "must be another network than the left one, or have another seed: with the same weights in each run "
                            + "the two are not independent, which the test takes them for");
        }
    }

    /** The rows of the left network. */
    ResultQuery leftRows() {
        return rows(left, right);
    }

    /** The rows of the right network. */
    ResultQuery rightRows() {
        return rows(right, left);
    }

    /** The filter chooses among the depths of networks; noise beside a network stands at all of them. */
    private ResultQuery rows(Side side, Side other) {
        return new ResultQuery(
                Set.of(side.entry().label()),
                side.isNoise() && !other.isNoise() ? List.of() : depths,
                Set.of(statistic.apiName()),
                null);
    }
}
