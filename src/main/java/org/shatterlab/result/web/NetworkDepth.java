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
 * One network of an experiment at one depth, as it stands in an address.
 *
 * @param network its number, from 0
 * @param depth L; 0 for noise, which has none
 */
record NetworkDepth(int network, int depth) {

    /**
     * Finds a network at a depth.
     *
     * @throws ProblemException where the experiment does not measure it there
     */
    static NetworkDepth find(Experiment experiment, String label, String depth) {
        List<NetworkEntry> networks = experiment.spec().networks();
        int network = IntStream.range(0, networks.size())
                .filter(i -> networks.get(i).label().equals(label))
                .findFirst()
                .orElseThrow(() -> notFound("The experiment has no network of that label; it has "
                        + String.join(
                                ", ", networks.stream().map(NetworkEntry::label).toList())
                        + "."));
        List<Integer> depths = experiment.spec().effectiveDepths(networks.get(network));
        List<String> known = depths.isEmpty()
                ? List.of("0")
                : depths.stream().map(String::valueOf).toList();
        if (!known.contains(depth)) {
            throw notFound("The network is not measured at that depth, but at " + String.join(", ", known)
                    + (depths.isEmpty() ? " (noise has no depth; 0 stands for it)." : "."));
        }
        return new NetworkDepth(network, Integer.parseInt(depth));
    }

    /** Says why a value that the experiment could have is not there. */
    ProblemException missing(Experiment experiment, Statistic needed) {
        if (!experiment.spec().statistics().contains(needed)) {
            return notFound("The experiment does not measure \"" + needed.apiName()
                    + "\"; submit one whose statistics name it.");
        }
        boolean noise = experiment.spec().networks().get(network).network() instanceof NetworkSpec.Noise;
        return noise && needed.needsNetwork()
                ? notFound("There is no \"" + needed.apiName() + "\" of noise, which has no layers.")
                : notMeasured(experiment);
    }

    /** Says that a value is not there yet, or will not be. */
    static ProblemException notMeasured(Experiment experiment) {
        return switch (experiment.state()) {
            case QUEUED, RUNNING, CANCELLING ->
                new ProblemException(Problem.NOT_MEASURED_YET, "The experiment has not come to it yet.");
            case CANCELLED ->
                notFound("The experiment was cancelled before it came to it; retry it to have it measured.");
            case FAILED -> notFound("A cell that would have measured it failed. " + experiment.failure());
            case SUCCEEDED -> notFound("The experiment has measured all that it names, and not this.");
        };
    }

    static ProblemException notFound(String detail) {
        return new ProblemException(Problem.NOT_FOUND, detail);
    }
}
