package org.shatterlab.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.lab.statistic.Statistic;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class OpenApiTest {

    private static final Map<?, ?> CONTRACT = read();

    private static Map<?, ?> read() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try (InputStream yaml = OpenApiTest.class.getResourceAsStream("/openapi/shatterlab.yaml")) {
            return new Yaml(new SafeConstructor(options)).load(Objects.requireNonNull(yaml));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<?, ?> object(Map<?, ?> parent, Object name) {
        return (Map<?, ?>) Objects.requireNonNull(parent.get(name), name::toString);
    }

    /** Returns every documented operation, with its method and path as its name. */
    static Stream<Arguments> operations() {
        return object(CONTRACT, "paths").entrySet().stream()
                .flatMap(path -> ((Map<?, ?>) path.getValue())
                        .entrySet().stream()
                                .filter(operation -> !operation.getKey().equals("parameters"))
                                .map(operation ->
                                        Arguments.of(operation.getKey() + " " + path.getKey(), operation.getValue())));
    }

    @Test
    void describesServicePathsInOpenApi31() {
        assertThat(CONTRACT.get("openapi")).asString().startsWith("3.1");
        assertThat(object(CONTRACT, "paths").keySet().stream().map(Object::toString))
                .allMatch(path -> path.startsWith("/api/v1/") || path.equals("/openapi.yaml"))
                .contains("/api/v1/experiments", "/api/v1/presets", "/openapi.yaml");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void hasExampleOfEveryAnswer(String name, Map<?, ?> operation) {
        object(operation, "responses").forEach((status, response) -> {
            if (status.toString().startsWith("2") && !status.equals("204")) {
                object((Map<?, ?>) response, "content").forEach((type, content) -> {
                    if (!type.equals("image/png") && !type.equals("application/x-npy")) {
                        assertThat(((Map<?, ?>) content).keySet().stream().map(Object::toString))
                                .as("%s as %s", name, type)
                                .containsAnyOf("example", "examples");
                    }
                });
            }
        });
    }

    /** Code generators type an operation by one of its bodies, so another body would be lost or mistyped. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void hasOneTypeOfSuccess(String name, Map<?, ?> operation) {
        assertThat(object(operation, "responses").entrySet().stream()
                        .filter(response -> response.getKey().toString().startsWith("2"))
                        .map(response -> ((Map<?, ?>) response.getValue()).get("content"))
                        .filter(Objects::nonNull))
                .hasSizeLessThan(2);
    }

    /** Code generators invent names such as {@code InlineObject1} for schemas without a name. */
    @Test
    void namesEveryCompositionAndBody() {
        List<String> unnamed = new ArrayList<>();
        visit("", CONTRACT, (pointer, schema) -> {
            boolean composed = Stream.of("allOf", "oneOf", "anyOf").anyMatch(schema::containsKey);
            boolean member = pointer.matches(".*/(oneOf|items|schema)(/\\d+)?");
            if (!pointer.matches("/components/schemas/[A-Za-z]+")
                    && !pointer.endsWith("/gamma2")
                    && (composed || (member && "object".equals(schema.get("type"))))) {
                unnamed.add(pointer);
            }
        });
        assertThat(unnamed).isEmpty();
    }

    /**
     * These keywords change what generated clients send or how they hold values. The default of a field of the request
     * would replace the value of a preset, and unique items become a set without an order.
     */
    @Test
    void avoidsKeywordsThatMisleadGenerators() {
        Map<?, ?> schemas = object(object(CONTRACT, "components"), "schemas");
        object(object(schemas, "ExperimentRequest"), "properties")
                .forEach((name, schema) -> assertThat(
                                resolved((Map<?, ?>) schema).containsKey("default"))
                        .as("default of %s", name)
                        .isFalse());
        List<String> misleading = new ArrayList<>();
        visit("", CONTRACT, (pointer, schema) -> {
            if (schema.containsKey("uniqueItems")) {
                misleading.add(pointer + " has unique items");
            }
            if (schema.get("properties") instanceof Map<?, ?> properties && properties.containsKey("java")) {
                misleading.add(pointer + " has a property with the name of a package");
            }
        });
        assertThat(misleading).isEmpty();
    }

    @Test
    void hasNoRecursiveSchema() {
        Map<?, ?> schemas = object(object(CONTRACT, "components"), "schemas");
        schemas.forEach((name, schema) -> assertThat(reachable(schema, new HashSet<>()))
                .as("schemas that %s uses", name)
                .doesNotContain("#/components/schemas/" + name));
    }

    /** Adds the references of a schema, of the schemas that it refers to, and so on. */
    private static Set<Object> reachable(Object schema, Set<Object> references) {
        visit("", schema, (pointer, part) -> {
            Object reference = part.get("$ref");
            if (reference != null && references.add(reference)) {
                reachable(resolved(part), references);
            }
        });
        return references;
    }

    /** Follows a reference to a component. Returns an object without a reference as it is. */
    private static Map<?, ?> resolved(Map<?, ?> object) {
        if (!(object.get("$ref") instanceof String reference)) {
            return object;
        }
        Map<?, ?> target = CONTRACT;
        for (String name : reference.substring(2).split("/", -1)) {
            target = object(target, name);
        }
        return target;
    }

    /** Calls a visitor for every object of the document, with the JSON pointer of the object. */
    private static void visit(String pointer, @Nullable Object node, BiConsumer<String, Map<?, ?>> visitor) {
        if (node instanceof Map<?, ?> map) {
            visitor.accept(pointer, map);
            map.forEach((name, value) -> {
                if (!name.equals("example") && !name.equals("examples")) {
                    visit(pointer + "/" + name, value, visitor);
                }
            });
        } else if (node instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                visit(pointer + "/" + i, list.get(i), visitor);
            }
        }
    }

    @Test
    void listsEveryStatistic() {
        Map<?, ?> schemas = object(object(CONTRACT, "components"), "schemas");
        assertThat(object(schemas, "Statistic").get("enum")).isEqualTo(apiNames(Arrays.stream(Statistic.values())));
        assertThat(object(schemas, "RowStatistic").get("enum"))
                .isEqualTo(apiNames(Arrays.stream(Statistic.values())
                        .filter(statistic -> statistic.kind() == Statistic.Kind.ROWS)));
    }

    private static List<String> apiNames(Stream<Statistic> statistics) {
        return statistics.map(Statistic::apiName).toList();
    }
}
