package org.shatterlab.experiment.spec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** The catalogue of experiments that come with the service: the figures and theorems of the paper. */
public final class Presets {

    private static final List<String> NAMES = List.of(
            "figure-1",
            "figure-2",
            "figure-3",
            "figure-4",
            "figure-5",
            "theorem-1",
            "theorem-2",
            "theorem-3",
            "corollary-1");

    private final Map<String, Preset> byName;

    private Presets(Map<String, Preset> byName) {
        this.byName = byName;
    }

    /**
     * A complete specification that a user can start from.
     *
     * @param name the name of the preset in requests
     * @param title a description of the preset, and the default name of its experiments
     * @param spec the specification as JSON of the API, with every field; the accessor returns a copy that the caller
     *     owns
     */
    public record Preset(String name, String title, ObjectNode spec) {
        @Override
        public ObjectNode spec() {
            return spec.deepCopy();
        }
    }

    /**
     * Reads the presets from the class path.
     *
     * @throws IllegalStateException if a preset is missing or not a JSON object
     */
    public static Presets load() {
        Map<String, Preset> byName = new LinkedHashMap<>();
        NAMES.forEach(name -> byName.put(name, load(name)));
        return new Presets(byName);
    }

    /** Returns all presets, in the order of the paper. */
    public List<Preset> all() {
        return List.copyOf(byName.values());
    }

    /** Returns the preset with a name; empty if the name is unknown. */
    public Optional<Preset> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Set<String> names() {
        return byName.keySet();
    }

    private static Preset load(String name) {
        String resource = "/presets/" + name + ".json";
        try (InputStream stream = Presets.class.getResourceAsStream(resource)) {
            if (stream == null || !(StrictJson.parse(stream.readAllBytes()) instanceof ObjectNode spec)) {
                throw new IllegalStateException("The class path has no JSON object at " + resource);
            }
            return new Preset(name, spec.path("name").asString(), spec);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
