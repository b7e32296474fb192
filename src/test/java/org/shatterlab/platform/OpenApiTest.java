package org.shatterlab.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
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
