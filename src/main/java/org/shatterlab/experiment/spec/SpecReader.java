package org.shatterlab.experiment.spec;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.input.Datasets;
import org.shatterlab.platform.InvalidRequestException;
import org.shatterlab.platform.MalformedBodyException;
import org.shatterlab.platform.Violation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the specification that a user submits, and records every violation of the rules.
 *
 * <p>A body may name a preset. Each field of such a body replaces the whole field of the preset. The merged document is
 * validated, and pointers refer to the merged document. A violation in a field of the preset names the preset.
 *
 * <p>Reading depends on the body, the limits, the presets and the data sets alone. Whether workers can measure the
 * experiment is decided by {@code CellAdmission} in {@code experiment.cell}. Safe for use by several threads.
 */
public final class SpecReader {

    private final Presets presets;
    private final Limits limits;
    private final ImageChecksums images;

    public SpecReader(Presets presets, Limits limits, Datasets datasets) {
        this.presets = presets;
        this.limits = limits;
        this.images = ImageChecksums.of(datasets);
    }

    /**
     * Reads a body.
     *
     * @throws MalformedBodyException if the body is not JSON
     * @throws InvalidRequestException if the body is not a JSON object
     */
    public SubmittedSpec read(byte[] body) {
        return read(StrictJson.parse(body));
    }

    /**
     * Reads a body that {@link StrictJson#parse(byte[])} returned.
     *
     * @throws InvalidRequestException if the body is not a JSON object
     */
    public SubmittedSpec read(JsonNode body) {
        ObjectNode given = object(body);
        JsonNode name = given.get("preset");
        if (name == null || name.isNull()) {
            return parse(given, new Violations(), true);
        }
        Presets.Preset preset =
                name.isString() ? presets.find(name.stringValue()).orElse(null) : null;
        if (preset == null) {
            Violations violations = new Violations();
            violations.add("/preset", name, JsonObjectReader.oneOf(name, presets.names()));
            // The unknown preset is a violation already. The other fields of the body are checked too.
            return parse(given.deepCopy().without("preset"), violations, false);
        }
        ObjectNode merged = preset.spec();
        Set<String> inherited = new HashSet<>(merged.propertyNames());
        inherited.removeAll(given.propertyNames());
        return parse(
                merged.setAll(given),
                new Violations(violation -> isIn(inherited, violation.pointer())
                        ? new Violation(
                                violation.pointer(),
                                violation.value(),
                                violation.message() + "; the value is from preset \"" + preset.name() + "\"")
                        : violation),
                true);
    }

    private SubmittedSpec parse(ObjectNode document, Violations violations, boolean complete) {
        return new SpecParser(limits, images, violations).parse(document, complete);
    }

    static ObjectNode object(@Nullable JsonNode body) {
        if (body instanceof ObjectNode object) {
            return object;
        }
        Violations violations = new Violations();
        violations.add(
                "", body, "must be an object with the fields of an experiment: " + ApiNames.quoted(SpecParser.FIELDS));
        throw new InvalidRequestException(violations.list());
    }

    private static boolean isIn(Set<String> fields, String pointer) {
        return fields.stream().anyMatch(field -> (pointer + "/").startsWith("/" + field + "/"));
    }
}
