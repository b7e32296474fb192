package org.shatterlab.platform.settings;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A setting under {@code shatterlab}, with every spelling that the framework reads.
 *
 * @param name the name in kebab case, for example {@code shatterlab.data-dir}
 * @param type the Java type, as the metadata of the compiler writes the type
 */
record KnownSetting(String name, String type) {

    private static final String METADATA = "/META-INF/spring-configuration-metadata.json";
    private static final Pattern COLLECTION = Pattern.compile("java\\.util\\.(List|Set)<.*");
    private static final Pattern MAP = Pattern.compile("java\\.util\\.Map<java\\.lang\\.String,(.*)>");

    /**
     * Reads all settings from the metadata that the compiler writes. The metadata have the settings of all roles,
     * whereas a process binds only the settings of its own roles.
     */
    static List<KnownSetting> all() {
        try (InputStream metadata = KnownSetting.class.getResourceAsStream(METADATA)) {
            if (metadata == null) {
                throw new IllegalStateException(METADATA + " is missing. Build the service with Maven.");
            }
            JsonNode properties = new JsonMapper().readTree(metadata).path("properties");
            return properties
                    .valueStream()
                    .map(property -> new KnownSetting(
                            property.path("name").asString(),
                            property.path("type").asString()))
                    .filter(setting -> setting.name.startsWith("shatterlab."))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(METADATA + " cannot be read.", e);
        }
    }

    /** Returns whether the value is a time or a size, which needs a unit. */
    boolean needsUnit() {
        return type.equals(Duration.class.getName()) || type.equals(DataSize.class.getName());
    }

    /** Returns examples of the units of a setting that needs a unit. */
    String exampleUnits() {
        return type.equals(Duration.class.getName()) ? "30s, 15m, 12h or 30d" : "512MB or 3GB";
    }

    /** Returns whether a property of a file, of the command line or of the JVM sets this setting or a part of it. */
    boolean isSetBy(ConfigurationPropertyName property) {
        String uniform = elements(property).collect(Collectors.joining("."));
        return uniform.matches(Pattern.quote(name.replace("-", "")) + suffix("\\."));
    }

    /** Returns the elements of a name without case and punctuation, which the framework ignores. */
    static Stream<String> elements(ConfigurationPropertyName property) {
        return IntStream.range(0, property.getNumberOfElements()).mapToObj(i -> property.getElement(i, Form.UNIFORM));
    }

    /**
     * Returns whether an environment variable sets this setting or a part of it. The framework reads an underscore in a
     * variable as a dot, so that the name of a map entry has none.
     *
     * @param variable the name in lower case
     */
    boolean isSetByVariable(String variable) {
        String dotless = name.replace('.', '_');
        return variable.matches("(" + dotless.replace("-", "") + "|" + dotless.replace('-', '_') + ")" + suffix("_"));
    }

    /** Returns the pattern of what may follow the name: the number of an element, or the key and field of an entry. */
    private String suffix(String separator) {
        if (COLLECTION.matcher(type).matches()) {
            return "(" + separator + "\\d+)?";
        }
        List<String> fields = fields();
        return fields.isEmpty()
                ? ""
                : separator + "[^" + separator + "]+" + separator + "(" + String.join("|", fields) + ")(" + separator
                        + "\\d+)?";
    }

    /** Returns the names of the fields of an entry, if the setting is a map of records. Empty otherwise. */
    private List<String> fields() {
        Matcher map = MAP.matcher(type);
        return map.matches()
                ? Arrays.stream(ClassUtils.resolveClassName(map.group(1), null).getRecordComponents())
                        .map(RecordComponent::getName)
                        .toList()
                : List.of();
    }

    /**
     * Returns the names that a misspelt name may mean. For a map these names contain the key of the given name, without
     * its separators.
     *
     * @param given the misspelt name
     * @param separator the separator of the elements of the given name
     */
    Stream<String> candidates(String given, String separator) {
        List<String> fields = fields();
        String root = name.replace(".", separator);
        if (fields.isEmpty()) {
            return Stream.of(separator.equals("_") ? root.replace('-', '_') : root);
        }
        int start = root.length() + separator.length();
        int end = given.lastIndexOf(separator);
        if (!given.startsWith(root + separator) || end <= start) {
            return Stream.empty();
        }
        String key = given.substring(start, end).replace(separator, "");
        return fields.stream().map(field -> root + separator + key + separator + field);
    }
}
