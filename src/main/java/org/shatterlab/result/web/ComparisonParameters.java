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
import org.shatterlab.platform.ProblemException;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.result.ResultQuery;
import org.shatterlab.result.ResultQuery.DepthRange;

/**
 * The parameters of a comparison.
 *
 * @param left the left network
 * @param right the right network
 * @param statistic the statistic to compare
 * @param depths ranges of depths; empty for all depths
 * @param level the confidence level, above 0 and below 1
 * @param forSpreadsheet whether texts of CSV that begin like a formula get an apostrophe
 */
record ComparisonParameters(
        ComparedNetwork left,
        ComparedNetwork right,
        Statistic statistic,
        List<DepthRange> depths,
        double level,
        boolean forSpreadsheet) {

    private static final double DEFAULT_LEVEL = 0.95;

    /** A network of an experiment. */
    record ComparedNetwork(Experiment experiment, NetworkEntry entry) {

        private boolean isNoise() {
            return entry.network() instanceof NetworkSpec.Noise;
        }

        /** Returns whether both networks draw new images in each run, and draw the same images in the same run. */
        private boolean sharesImagesWith(ComparedNetwork other) {
            InputSpec inputs = experiment.spec().inputs();
            return !inputs.isSameInEveryRun()
                    && inputs.equals(other.experiment.spec().inputs());
        }

        /**
         * Returns whether both networks have the same weights in the same run, at least in the first layer.
         * {@link RunDraws} draws weights from the network, the seed and the run.
         */
        private boolean sharesDrawsWith(ComparedNetwork other) {
            return entry.network().equals(other.entry.network())
                    && experiment.spec().seed() == other.experiment.spec().seed();
        }
    }

    /** The id of an experiment and the label of a network, as the request gives them. */
    private record NetworkAddress(String experiment, String label) {}

    /**
     * Reads the parameters of a request.
     *
     * @throws ProblemException if an experiment does not exist
     */
    static ComparisonParameters read(Map<String, String[]> given, ExperimentService service) {
        QueryParameters parameters = new QueryParameters(given);
        ComparedNetwork left = network("left", parameters, service);
        ComparedNetwork right = network("right", parameters, service);
        Statistic statistic = parameters.required(
                "statistic",
                "must be one of: " + String.join(", ", ResultParameters.STATISTICS),
                ComparisonParameters::statistic);
        List<DepthRange> depths = ResultParameters.depths(parameters);
        Double level = parameters.optional("level", "must be a number above 0 and below 1, such as 0.95", text -> {
            double number = new BigDecimal(text).doubleValue();
            return number > 0 && number < 1 ? number : null;
        });
        boolean forSpreadsheet = parameters.flag(Csv.SPREADSHEET);
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
                Objects.requireNonNullElse(level, DEFAULT_LEVEL),
                forSpreadsheet);
    }

    private static @Nullable ComparedNetwork network(
            String name, QueryParameters parameters, ExperimentService service) {
        NetworkAddress address = parameters.required(
                name,
                "must be the id of an experiment, a slash, and the label of one of its networks",
                ComparisonParameters::address);
        if (address == null) {
            return null;
        }
        Experiment experiment = service.get(address.experiment());
        for (NetworkEntry entry : experiment.spec().networks()) {
            if (entry.label().equals(address.label())) {
                return new ComparedNetwork(experiment, entry);
            }
        }
        parameters.reject(
                name,
                address.label(),
                "must name a network of the experiment: "
                        + String.join(", ", ResultParameters.labels(experiment.spec())));
        return null;
    }

    private static @Nullable NetworkAddress address(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? null : new NetworkAddress(text.substring(0, slash), text.substring(slash + 1));
    }

    private static @Nullable Statistic statistic(String name) {
        return Arrays.stream(Statistic.values())
                .filter(statistic -> statistic.kind() == Statistic.Kind.ROWS)
                .filter(statistic -> statistic.apiName().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static void requireMeasured(
            ComparedNetwork network, @Nullable Statistic statistic, QueryParameters parameters) {
        if (statistic != null && !network.experiment().spec().statistics().contains(statistic)) {
            parameters.reject(
                    "statistic",
                    statistic.apiName(),
                    "is not measured by experiment " + network.experiment().id()
                            + "; submit an experiment that measures the statistic");
        }
    }

    private static void requireIndependent(ComparedNetwork left, ComparedNetwork right, QueryParameters parameters) {
        if (left.sharesImagesWith(right)) {
            parameters.reject(
                    "right",
                    right.experiment().id() + "/" + right.entry().label(),
                    "must have inputs with another seed, or without \"perRun\", because the test requires independent "
                            + "networks, and both networks have the same images in each run");
        }
        if (left.sharesDrawsWith(right)) {
            parameters.reject(
                    "right",
                    right.experiment().id() + "/" + right.entry().label(),
                    "must differ from the left network, or have another seed, because the test requires independent "
                            + "networks, and both networks have the same weights in each run");
        }
    }

    /** Returns the filter for the rows of the left network. */
    ResultQuery leftRows() {
        return rows(left, right);
    }

    /** Returns the filter for the rows of the right network. */
    ResultQuery rightRows() {
        return rows(right, left);
    }

    /** Returns the filter for one network. Noise matches every depth of a network, so its filter has no depths. */
    private ResultQuery rows(ComparedNetwork network, ComparedNetwork other) {
        return new ResultQuery(
                Set.of(network.entry().label()),
                network.isNoise() && !other.isNoise() ? List.of() : depths,
                Set.of(statistic.apiName()),
                null);
    }
}
