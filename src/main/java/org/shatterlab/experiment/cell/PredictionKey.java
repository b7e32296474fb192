package org.shatterlab.experiment.cell;

import org.apache.commons.codec.digest.DigestUtils;
import org.shatterlab.experiment.spec.CellSpecJson;
import org.shatterlab.experiment.spec.StrictJson;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import tools.jackson.databind.node.ObjectNode;

/** The address of the predictions for a network at some inputs; neither seed nor runs nor precision change them. */
public final class PredictionKey {

    private PredictionKey() {}

    /** The SHA-256 of the canonical JSON of both and of the lab's revision, as 64 hexadecimal digits. */
    public static String of(NetworkSpec network, InputSpec inputs, String labRevision) {
        ObjectNode json = CellSpecJson.subject(network, inputs);
        json.put("labRevision", labRevision);
        return DigestUtils.sha256Hex(StrictJson.sorted(json));
    }
}
