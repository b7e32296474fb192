package org.shatterlab.service.support;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.UriUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What the contract {@code openapi/shatterlab.yaml} says of a response: that its operation has the status, that the
 * status has the media type and the headers, and what their schemas are (JSON Schema in the dialect of OpenAPI 3.1,
 * formats included).
 */
public final class Contract {

    private static final String ADDRESS = "urn:shatterlab:contract";
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

    /** What the contract's introduction says that any resource may answer, beside what is declared for it. */
    private static final Map<Integer, String> ANYWHERE = Map.of(
            400, "malformed-request",
            401, "unauthenticated",
            403, "forbidden",
            404, "not-found",
            405, "method-not-allowed");

    /** Those of them that a method which a resource lacks may be answered with. */
    private static final Set<Integer> NO_SUCH_METHOD = Set.of(400, 401, 403, 405);

    private static final JsonPointer PROBLEM = pointer("components", "schemas", "Problem");

    public static final Contract COMMITTED = new Contract();

    private final JsonMapper json = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private final JsonNode document;
    private final List<PathPattern> paths;
    private final SchemaRegistry registry;
    private final Map<JsonPointer, Schema> schemas = new ConcurrentHashMap<>();

    /**
     * A response as it was received.
     *
     * @param method of the request
     * @param path of the request, as it was sent
     * @param body empty where there is none
     */
    public record Response(String method, String path, int status, HttpHeaders headers, byte[] body) {}

    private Contract() {
        try (InputStream yaml = Contract.class.getResourceAsStream("/openapi/shatterlab.yaml")) {
            document = json.valueToTree(new Yaml().<Object>load(Objects.requireNonNull(yaml)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        paths = document.get("paths").propertyNames().stream()
                .map(PathPatternParser.defaultInstance::parse)
                .sorted(Comparator.naturalOrder())
                .toList();
        registry = SchemaRegistry.withDialect(
                Dialects.getOpenApi31(),
                builder -> builder.schemas(Map.of(ADDRESS, json.writeValueAsString(document)))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build()));
    }

    /** Every operation, as its method and path: {@code GET /api/v1/presets}. */
    public Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        for (PathPattern path : paths) {
            pathItem(path).propertyNames().stream()
                    .filter(METHODS::contains)
                    .forEach(method -> operations.add(name(method, path)));
        }
        return operations;
    }

    /** Where an operation may be asked for: its path, with the examples of its parameters. */
    public String address(String operation) {
        String[] name = operation.split(" ", 2);
        return Stream.of(
                        pointer("paths", name[1], "parameters"),
                        pointer("paths", name[1], name[0].toLowerCase(Locale.ROOT), "parameters"))
                .flatMap(this::parameters)
                .filter(parameter -> parameter.get("in").asString().equals("path"))
                .reduce(
                        name[1],
                        (address, parameter) -> address.replace(
                                "{" + parameter.get("name").asString() + "}",
                                UriUtils.encode(parameter.get("example").asString(), StandardCharsets.UTF_8)),
                        String::concat);
    }

    private Stream<JsonNode> parameters(JsonPointer list) {
        return IntStream.range(0, document.at(list).size()).mapToObj(i -> document.at(resolved(list.appendIndex(i))));
    }

    /** The operation that answered; none where the contract has no such operation. */
    Optional<String> operation(Response response) {
        return path(response).filter(path -> has(path, response)).map(path -> name(method(response), path));
    }

    /** Fails where a response is not as the contract has it. */
    public void check(Response response) {
        List<String> breaches = breaches(response);
        if (!breaches.isEmpty()) {
            throw new AssertionError("The contract is broken by %d to %s %s (%s):\n  %s\n%s"
                    .formatted(
                            response.status(),
                            response.method(),
                            response.path(),
                            operation(response).orElse("no operation of it"),
                            String.join("\n  ", breaches),
                            new String(response.body(), StandardCharsets.UTF_8)
                                    .lines()
                                    .limit(20)
                                    .toList()));
        }
    }

    /** Everything that is not as the contract has it; of the body, each with a pointer. */
    public List<String> breaches(Response response) {
        Optional<PathPattern> path = path(response);
        if (path.isEmpty()) {
            boolean refused = response.status() >= 400 && response.status() < 500;
            return refused ? undeclared(response) : List.of();
        }
        if (!has(path.get(), response)) {
            return NO_SUCH_METHOD.contains(response.status())
                    ? undeclared(response)
                    : response.method().equals("OPTIONS")
                            ? List.of()
                            : List.of("a method that the resource lacks is answered with 405");
        }
        JsonPointer operation = pointer("paths", path.get().getPatternString(), method(response));
        JsonPointer declared = resolved(operation.append(pointer("responses", String.valueOf(response.status()))));
        if (!document.at(declared).isMissingNode()) {
            List<String> breaches = new ArrayList<>(headers(response, declared));
            breaches.addAll(content(response, declared.appendProperty("content")));
            return breaches;
        }
        return response.status() == 400
                ? undeclared(response)
                : List.of("the operation has no status " + response.status());
    }

    private Optional<PathPattern> path(Response response) {
        PathContainer path = PathContainer.parsePath(response.path());
        return paths.stream().filter(pattern -> pattern.matches(path)).findFirst();
    }

    private boolean has(PathPattern path, Response response) {
        return pathItem(path).has(method(response));
    }

    private JsonNode pathItem(PathPattern path) {
        return document.get("paths").get(path.getPatternString());
    }

    /** HEAD is GET without a body. */
    private static String method(Response response) {
        return response.method().equals("HEAD") ? "get" : response.method().toLowerCase(Locale.ROOT);
    }

    private static String name(String method, PathPattern path) {
        return method.toUpperCase(Locale.ROOT) + " " + path.getPatternString();
    }

    /** Refusals that need no declaration: a problem document, with the code that belongs to the status. */
    private List<String> undeclared(Response response) {
        List<String> breaches = new ArrayList<>();
        if (response.status() == 405 && !response.headers().containsHeader("Allow")) {
            breaches.add("the header Allow is missing");
        }
        MediaType type = response.headers().getContentType();
        if (!MediaType.APPLICATION_PROBLEM_JSON.equals(type)) {
            breaches.add("the media type is " + type + " where it must be a problem document");
        } else if (!response.method().equals("HEAD")) {
            breaches.addAll(json(response.body(), PROBLEM));
            String code = ANYWHERE.get(response.status());
            if (breaches.isEmpty()
                    && code != null
                    && !json.readTree(response.body()).get("code").asString().equals(code)) {
                breaches.add("/code: must be " + code);
            }
        }
        return breaches;
    }

    private List<String> headers(Response response, JsonPointer declared) {
        List<String> breaches = new ArrayList<>();
        document.at(declared.appendProperty("headers")).propertyNames().forEach(name -> {
            JsonPointer header = resolved(declared.append(pointer("headers", name)));
            String value = response.headers().getFirst(name);
            if (value != null) {
                JsonPointer schema = resolved(header.appendProperty("schema"));
                boolean integer = document.at(schema).path("type").asString("").equals("integer");
                validate(integer ? readable(value) : text(value), schema)
                        .forEach(breach -> breaches.add("the header " + name + breach));
            } else if (document.at(header).path("required").asBoolean(false)) {
                breaches.add("the header " + name + " is missing");
            }
        });
        return breaches;
    }

    private List<String> content(Response response, JsonPointer declared) {
        JsonNode types = document.at(declared);
        MediaType type = response.headers().getContentType();
        if (types.isMissingNode()) {
            return response.body().length == 0 ? List.of() : List.of("there is a body where there must be none");
        }
        Optional<String> declaredType = type == null
                ? Optional.empty()
                : types.propertyNames().stream()
                        .filter(name -> MediaType.parseMediaType(name).equalsTypeAndSubtype(type))
                        .findFirst();
        if (declaredType.isEmpty()) {
            return List.of("the media type is %s where there are %s".formatted(type, types.propertyNames()));
        }
        if (response.method().equals("HEAD")) {
            return response.body().length == 0 ? List.of() : List.of("there is a body of HEAD");
        }
        if (response.body().length == 0) {
            return List.of("the body is empty");
        }
        JsonPointer schema = resolved(declared.append(pointer(declaredType.get(), "schema")));
        if (document.at(schema).isMissingNode()) {
            return List.of();
        }
        return declaredType.get().endsWith("json")
                ? json(response.body(), schema)
                : validate(text(new String(response.body(), StandardCharsets.UTF_8)), schema);
    }

    private List<String> json(byte[] body, JsonPointer schema) {
        try {
            return validate(json.readTree(body), schema);
        } catch (JacksonException e) {
            return List.of("the body is not JSON: " + e.getOriginalMessage());
        }
    }

    private List<String> validate(JsonNode value, JsonPointer schema) {
        return schemas
                .computeIfAbsent(schema, pointer -> registry.getSchema(SchemaLocation.of(ADDRESS + "#" + pointer)))
                .validate(value)
                .stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }

    private JsonNode readable(String value) {
        try {
            return json.readTree(value);
        } catch (JacksonException e) {
            return text(value);
        }
    }

    private static JsonNode text(String value) {
        return JsonNodeFactory.instance.stringNode(value);
    }

    /** Where the object at a place of the document really is, if that is a reference. */
    private JsonPointer resolved(JsonPointer place) {
        JsonNode reference = document.at(place).path("$ref");
        return reference.isMissingNode()
                ? place
                : resolved(JsonPointer.compile(reference.asString().substring(1)));
    }

    private static JsonPointer pointer(String... names) {
        return Stream.of(names).reduce(JsonPointer.empty(), JsonPointer::appendProperty, JsonPointer::append);
    }
}
