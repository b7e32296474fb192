package org.shatterlab.experiment.cell;

import org.apache.commons.codec.digest.DigestUtils;
import org.shatterlab.experiment.spec.CellSpecJson;
import org.shatterlab.experiment.spec.StrictJson;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import tools.jackson.databind.node.ObjectNode;

/**
 * Computes the subject of a cell: the key of the predictions for a network at some inputs. Predictions depend on neither the seed nor the runs
 * nor the precision.
 */
public final class SubjectHash {

    private SubjectHash() {}

    /** Returns the SHA-256 of the network, the inputs and the revision of the lab, as 64 hexadecimal digits. */
    public static String of(NetworkSpec network, InputSpec inputs, String labRevision) {
        ObjectNode json = CellSpecJson.subject(network, inputs);
        json.put("labRevision", labRevision);
        return DigestUtils.sha256Hex(StrictJson.sorted(json));
    }
}
