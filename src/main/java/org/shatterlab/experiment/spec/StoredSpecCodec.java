package org.shatterlab.experiment.spec;

import org.shatterlab.platform.InvalidRequestException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes and reads the JSON of a specification in the database.
 *
 * <p>A specification that was accepted once stays readable. Present limits, presets, data sets and workers do not
 * apply.
 */
public final class StoredSpecCodec {

    private StoredSpecCodec() {}

    /** Returns the JSON that the database stores. */
    public static String write(ExperimentSpec spec) {
        ObjectNode json = ExperimentSpecJson.write(spec);
        if (spec.draws() == SpecDefaults.DRAWS) {
            // Processes of an earlier version may run beside this one, and reject the field.
            json.remove("draws");
        }
        return json.toString();
    }

    /**
     * Reads JSON that {@link #write} or an earlier version wrote.
     *
     * @throws InvalidRequestException if the text is not a specification
     */
    public static ExperimentSpec read(String json) {
        return new SpecParser(Limits.UNLIMITED, ImageChecksums.RECORDED, new Violations())
                .parse(SpecReader.object(StrictJson.parse(json)), true)
                .requireValid();
    }
}
