package org.shatterlab.result.web;

import java.util.List;
import java.util.stream.IntStream;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;

/**
 * A network of an experiment at one depth, as a path names it.
 *
 * @param network the number of the network in the experiment, from 0
 * @param depth L; 0 for noise, which has no depth
 */
record NetworkDepth(int network, int depth) {

    /**
     * Returns the network and the depth that a path names.
     *
     * @throws ProblemException if the experiment has no such network, or does not measure the network at the depth
     */
    static NetworkDepth find(Experiment experiment, String label, String depth) {
        List<NetworkEntry> networks = experiment.spec().networks();
        int network = IntStream.range(0, networks.size())
                .filter(i -> networks.get(i).label().equals(label))
                .findFirst()
                .orElseThrow(() -> notFound("The experiment has no network with this label. The labels are "
                        + String.join(
                                ", ", networks.stream().map(NetworkEntry::label).toList())
                        + "."));
        List<Integer> depths = experiment.spec().effectiveDepths(networks.get(network));
        List<String> known = depths.isEmpty()
                ? List.of("0")
                : depths.stream().map(String::valueOf).toList();
        if (!known.contains(depth)) {
            throw notFound(
                    depths.isEmpty()
                            ? "Noise has no depth. Use 0 instead of a depth."
                            : "The experiment does not measure the network at this depth. The depths are "
                                    + String.join(", ", known) + ".");
        }
        return new NetworkDepth(network, Integer.parseInt(depth));
    }

    /** Returns whether the finished experiment has the values of a statistic for this network. */
    boolean isMeasured(Experiment experiment, Statistic statistic) {
        return experiment.spec().statistics().contains(statistic) && !isUndefined(experiment, statistic);
    }

    private boolean isUndefined(Experiment experiment, Statistic statistic) {
        boolean noise = experiment.spec().networks().get(network).network() instanceof NetworkSpec.Noise;
        return noise && statistic.needsNetwork();
    }

    /** Returns the problem that explains why a value of the experiment is missing. */
    ProblemException missing(Experiment experiment, Statistic needed) {
        if (!experiment.spec().statistics().contains(needed)) {
            return notFound("The experiment does not measure \"" + needed.apiName()
                    + "\". Submit an experiment that measures the statistic.");
        }
        return isUndefined(experiment, needed)
                ? notFound("Noise has no \"" + needed.apiName() + "\", because noise has no layers.")
                : notMeasured(experiment);
    }

    /** Returns the problem that explains why a value is not measured: not yet, or not at all. */
    static ProblemException notMeasured(Experiment experiment) {
        return switch (experiment.state()) {
            case QUEUED, RUNNING, CANCELLING ->
                new ProblemException(
                        Problem.NOT_MEASURED_YET, "The experiment has not measured this yet. Retry later.");
            case CANCELLED ->
                notFound("The experiment was cancelled before it measured this. Retry the experiment to measure it.");
            case FAILED -> notFound("A cell that measures this failed. " + experiment.failure());
            case SUCCEEDED ->
                notFound("The experiment has finished without measuring this. Submit an experiment that includes it.");
        };
    }

    /** Returns a problem with the status 404. */
    static ProblemException notFound(String detail) {
        return new ProblemException(Problem.NOT_FOUND, detail);
    }
}
