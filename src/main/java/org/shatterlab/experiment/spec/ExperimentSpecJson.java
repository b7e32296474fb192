package org.shatterlab.experiment.spec;

import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.statistic.Statistic;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes an {@link ExperimentSpec} as JSON of the API, with every field. */
public final class ExperimentSpecJson {

    private ExperimentSpecJson() {}

    /** Returns the specification with every field. Empty {@code depths} and targets without a value are left out. */
    public static ObjectNode write(ExperimentSpec spec) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", spec.name());
        json.put("preset", spec.preset());
        ArrayNode networks = json.putArray("networks");
        spec.networks().forEach(entry -> networks.add(network(entry, spec.inputs())));
        if (!spec.depths().isEmpty()) {
            json.set("depths", SpecJsonWriter.integers(spec.depths()));
        }
        json.set("inputs", SpecJsonWriter.COMPLETE.inputs(spec.inputs()));
        json.set(
                "statistics",
                SpecJsonWriter.texts(
                        spec.statistics().stream().map(Statistic::apiName).toList()));
        switch (spec.runs()) {
            case Runs.Fixed(int count) -> json.put("runs", count);
            case Runs.Adaptive runs -> json.set("runs", adaptive(runs));
        }
        SpecJsonWriter.COMPLETE.draws(json, spec.seed(), spec.precision(), spec.draws());
        json.put("device", spec.device().apiName());
        json.put("priority", spec.priority());
        json.put("cache", spec.cache());
        return json;
    }

    private static ObjectNode adaptive(Runs.Adaptive runs) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put(RunsReader.MIN, runs.min());
        json.put(RunsReader.MAX, runs.max());
        if (runs.relativeError() != null) {
            json.set(RunsReader.RELATIVE_ERROR, JsonNumbers.node(runs.relativeError()));
        }
        if (runs.absoluteError() != null) {
            json.set(RunsReader.ABSOLUTE_ERROR, JsonNumbers.node(runs.absoluteError()));
        }
        json.put(RunsReader.OF, runs.statistic().apiName());
        return json;
    }

    private static ObjectNode network(NetworkEntry entry, InputSpec inputs) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("label", entry.label());
        json.setAll(SpecJsonWriter.COMPLETE.network(entry.network(), inputs));
        if (entry.depths() != null) {
            json.set("depths", SpecJsonWriter.integers(entry.depths()));
        }
        return json;
    }
}
