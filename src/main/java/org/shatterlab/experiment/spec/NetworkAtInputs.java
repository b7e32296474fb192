package org.shatterlab.experiment.spec;

import java.util.List;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import tools.jackson.databind.node.ObjectNode;

/**
 * A network at some inputs and depths, for which the service predicts statistics without a measurement.
 *
 * @param depths the depths L, ascending; empty for noise
 */
public record NetworkAtInputs(NetworkSpec network, InputSpec inputs, List<Integer> depths) {

    /** Returns the network as JSON of the API, with every field. */
    public ObjectNode networkJson() {
        return SpecJsonWriter.COMPLETE.network(network, inputs);
    }

    /** Returns the inputs as JSON of the API, with every field. */
    public ObjectNode inputsJson() {
        return SpecJsonWriter.COMPLETE.inputs(inputs);
    }
}
