package org.shatterlab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares the tables in {@code src/docs/settings.md} with the configuration metadata of the compiler. */
class SettingsTest {

    private static final String METADATA = "META-INF/spring-configuration-metadata.json";
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z.-]+)` \\| `([A-Z_]+)` \\| .* \\| .+ \\|$");
    private static final String SETTINGS = settings();

    private static String settings() {
        try {
            return Files.readString(Path.of("src", "docs", "settings.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonNode> properties() {
        try {
            return Collections.list(SettingsTest.class.getClassLoader().getResources(METADATA)).stream()
                    .flatMap(SettingsTest::propertiesOf)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<JsonNode> propertiesOf(URL metadata) {
        try (InputStream content = metadata.openStream()) {
            return new JsonMapper().readTree(content).get("properties").valueStream().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(JsonNode property) {
        return property.get("name").asString();
    }

    private static String environment(String name) {
        return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private static String row(JsonNode property) {
        JsonNode value = property.path("defaultValue");
        String text = value.asString().replaceAll("^\\[|]$", "").replace(", ", ",");
        return "| `%s` | `%s` | %s | %s |"
                .formatted(
                        name(property),
                        environment(name(property)),
                        text.isEmpty() ? "none" : "`" + text + "`",
                        property.path("description")
                                .asString()
                                .replaceFirst("\\.$", "")
                                .replaceAll("\\{@code (.*?)}", "`$1`"));
    }

    @Test
    void documentsEverySettingAsDeclared() {
        List<String> rows = properties().stream()
                .filter(property -> name(property).startsWith("shatterlab."))
                .map(SettingsTest::row)
                .toList();
        List<String> lines = SETTINGS.lines().toList();
        assertThat(rows).hasSizeGreaterThan(10);
        assertThat(rows)
                .filteredOn(row -> !lines.contains(row))
                .as("rows to write")
                .isEmpty();
    }

    @Test
    void readsEveryDocumentedSettingFromEnvironment() {
        List<String> known = properties().stream().map(SettingsTest::name).toList();
        List<MatchResult> rows = ROW.matcher(SETTINGS).results().toList();
        assertThat(rows)
                .hasSameSizeAs(SETTINGS.lines()
                        .filter(line -> line.matches("\\| `\\S+\\..*"))
                        .toList());
        assertThat(rows).allSatisfy(row -> {
            assertThat(known).contains(row.group(1));
            StandardEnvironment environment = new StandardEnvironment();
            environment
                    .getPropertySources()
                    .addFirst(new SystemEnvironmentPropertySource("test", Map.of(row.group(2), "there")));
            ConfigurationPropertySources.attach(environment);
            assertThat(Binder.get(environment).bind(row.group(1), String.class).orElse("not there"))
                    .as(row.group(2))
                    .isEqualTo("there");
        });
    }
}
