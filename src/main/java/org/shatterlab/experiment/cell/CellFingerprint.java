package org.shatterlab.experiment.cell;

import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.CellSpecJson;
import org.shatterlab.experiment.spec.StrictJson;
import org.shatterlab.lab.CellSpec;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Computes the fingerprint of a cell, a hash of everything that the numbers of the cell depend on. */
public final class CellFingerprint {

    private CellFingerprint() {}

    /**
     * Returns the SHA-256 of the cell's canonical JSON and the other parameters, as 64 hexadecimal digits.
     *
     * @param labRevision the revision of the lab, which rises whenever any number of the lab changes
     * @param engine the tensor engine and its version
     * @param deviceClass the class of devices, such as {@code cpu}
     * @param nonce a text that keeps an experiment from sharing its cells; null if the experiment shares its cells
     */
    public static String of(
            CellSpec cell, String labRevision, String engine, String deviceClass, @Nullable String nonce) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("cell", CellSpecJson.tree(cell));
        json.put("labRevision", labRevision);
        json.put("engine", engine);
        json.put("deviceClass", deviceClass);
        if (nonce != null) {
            json.put("nonce", nonce);
        }
        return DigestUtils.sha256Hex(StrictJson.sorted(json));
    }
}
