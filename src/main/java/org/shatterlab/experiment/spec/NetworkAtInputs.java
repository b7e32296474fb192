package org.shatterlab.experiment.spec;

import java.util.List;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import tools.jackson.databind.node.ObjectNode;

/**
 * What theory is asked about: a network at some inputs.
 *
 * @param depths L, ascending; empty for noise
 */
public record NetworkAtInputs(NetworkSpec network, InputSpec inputs, List<Integer> depths) {

    /** The network with every field, in the form of the API. */
    public ObjectNode networkJson() {
        return SpecJsonWriter.COMPLETE.network(network, inputs);
    }

    /** The inputs with every field, in the form of the API. */
    public ObjectNode inputsJson() {
        return SpecJsonWriter.COMPLETE.inputs(inputs);
    }
}
