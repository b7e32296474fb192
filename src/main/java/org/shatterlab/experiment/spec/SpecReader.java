package org.shatterlab.experiment.spec;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.cell.DeviceMemory;
import org.shatterlab.lab.input.Datasets;
import org.shatterlab.platform.InvalidRequestException;
import org.shatterlab.platform.MalformedBodyException;
import org.shatterlab.platform.Violation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads what a user sent into an {@link ExperimentSpec}, or refuses it with everything that is wrong with it.
 *
 * <p>A body that names a preset is that preset with the body's fields in place of the preset's, each as a whole; it is this
 * merged document that is validated and that pointers refer to.
 */
public final class SpecReader {

    private final Presets presets;
    private final Limits limits;
    private final Datasets datasets;
    private final DeviceMemory memory;

    public SpecReader(Presets presets, Limits limits, Datasets datasets, DeviceMemory memory) {
        this.presets = presets;
        this.limits = limits;
        this.datasets = datasets;
        this.memory = memory;
    }

    /**
     * Reads a body.
     *
     * @throws MalformedBodyException if it is not JSON
     * @throws InvalidRequestException if it is not an allowed experiment
     */
    public ExperimentSpec read(byte[] body) {
        return read(StrictJson.parse(body));
    }

    /**
     * Reads a body that is parsed already, by {@link StrictJson#parse(byte[])}.
     *
     * @throws InvalidRequestException if it is not an allowed experiment
     */
    public ExperimentSpec read(JsonNode body) {
        Violations violations = new Violations();
        ObjectNode given = object(body, violations);
        JsonNode preset = given.get("preset");
        if (preset == null || preset.isNull()) {
            return parse(given, parser(violations), violations, true);
        }
        ObjectNode base = preset(preset, violations);
        if (base == null) {
            // A preset that does not exist is no longer a field to check, but the fields beside it are.
            return parse(given.deepCopy().without("preset"), parser(violations), violations, false);
        }
        String note = "; it comes from preset " + preset.stringValue();
        Set<String> inherited = new HashSet<>(base.propertyNames());
        inherited.removeAll(given.propertyNames());
        try {
            return parse(base.setAll(given), parser(violations), violations, true);
        } catch (InvalidRequestException e) {
            throw new InvalidRequestException(e.violations().stream()
                    .map(violation -> isIn(inherited, violation.pointer()) ? noted(violation, note) : violation)
                    .toList());
        }
    }

    private SpecParser parser(Violations violations) {
        return new SpecParser(limits, datasets, memory.most(), violations);
    }

    /**
     * Reads back what {@link ExperimentSpecJson} wrote. Today's limits, presets, data sets and workers do not apply to what was accepted
     * before.
     *
     * @throws InvalidRequestException if it is not the text of an experiment
     */
    public static ExperimentSpec restore(JsonNode stored) {
        Violations violations = new Violations();
        return parse(object(stored, violations), new SpecParser(Limits.NONE, null, null, violations), violations, true);
    }

    private static ObjectNode object(JsonNode body, Violations violations) {
        if (body instanceof ObjectNode object) {
            return object;
        }
        violations.add(
                "", body, "must be an object with the fields of an experiment: " + ApiNames.quoted(SpecParser.FIELDS));
        throw new InvalidRequestException(violations.list());
    }

    private @Nullable ObjectNode preset(JsonNode name, Violations violations) {
        Presets.Preset preset =
                name.isString() ? presets.find(name.stringValue()).orElse(null) : null;
        if (preset == null) {
            violations.add("/preset", name, JsonObjectReader.oneOf(name, presets.names()));
            return null;
        }
        return preset.spec();
    }

    private static ExperimentSpec parse(ObjectNode document, SpecParser parser, Violations violations, boolean whole) {
        ExperimentSpec spec = parser.parse(document, whole);
        if (!violations.isEmpty()) {
            throw new InvalidRequestException(violations.list());
        }
        return spec;
    }

    private static boolean isIn(Set<String> fields, String pointer) {
        return fields.stream().anyMatch(field -> (pointer + "/").startsWith("/" + field + "/"));
    }

    private static Violation noted(Violation violation, String note) {
        return new Violation(violation.pointer(), violation.value(), violation.message() + note);
    }
}
