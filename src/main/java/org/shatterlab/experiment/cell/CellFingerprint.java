package org.shatterlab.experiment.cell;

import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.CellSpecJson;
import org.shatterlab.experiment.spec.StrictJson;
import org.shatterlab.lab.CellSpec;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The address of a cell's results: what the numbers depend on, hashed. */
public final class CellFingerprint {

    private CellFingerprint() {}

    /**
     * The SHA-256 of a cell's canonical JSON and all else that its numbers depend on, as 64 hexadecimal digits.
     *
     * @param labRevision raised whenever any number of the lab changes
     * @param engine the tensor engine and its version
     * @param deviceClass the kind of device, such as {@code cpu}
     * @param nonce the experiment that wants its own computation; null for one that shares
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
