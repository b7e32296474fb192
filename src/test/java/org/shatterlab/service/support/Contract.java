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
 * Checks responses against the contract {@code openapi/shatterlab.yaml}. The contract must declare the operation, its
 * status, and the media type and headers of that status. The body and the headers must match their schemas. A schema is
 * a JSON Schema in the dialect of OpenAPI 3.1, and {@code format} keywords are enforced. Instances are thread-safe.
 */
public final class Contract {

    private static final String SCHEMA_ID = "urn:shatterlab:contract";
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

    /** Codes of problems by status, which the introduction of the contract allows for every resource. */
    private static final Map<Integer, String> GENERAL_CODES = Map.of(
            400, "malformed-request",
            401, "unauthenticated",
            403, "forbidden",
            404, "not-found",
            405, "method-not-allowed");

    /** Statuses that the service may return where the resource does not support the method. */
    private static final Set<Integer> UNSUPPORTED_METHOD_STATUSES = Set.of(400, 401, 403, 405);

    /**
     * Responses that a deprecated parameter selects. The contract describes such a response at another operation, so
     * that generated clients have one type for each operation. Each path of an operation that replaces such a parameter
     * has the method, path and status of the response as its key.
     */
    private static final Map<String, String> REPLACED_RESPONSES =
            Map.of("POST /api/v1/experiments 200", "/api/v1/experiments/estimate");

    private static final JsonPointer PROBLEM_SCHEMA = pointer("components", "schemas", "Problem");

    /** The contract that the repository holds. */
    public static final Contract COMMITTED = new Contract();

    private final JsonMapper json = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private final JsonNode document;
    private final List<PathPattern> paths;
    private final SchemaRegistry registry;
    private final Map<JsonPointer, Schema> schemas = new ConcurrentHashMap<>();

    /**
     * A response as the client received it.
     *
     * @param method method of the request
     * @param path path of the request as the client sent it, with percent encoding and without the query
     * @param body body of the response; empty if the response has no body
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
                builder -> builder.schemas(Map.of(SCHEMA_ID, json.writeValueAsString(document)))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build()));
    }

    /** Returns all operations, each as its method and path, for example {@code GET /api/v1/presets}. */
    public Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        for (PathPattern path : paths) {
            pathItem(path).propertyNames().stream()
                    .filter(METHODS::contains)
                    .forEach(method -> operations.add(operationName(method, path)));
        }
        return operations;
    }

    /** Returns the path of an operation with the examples of its path parameters filled in. */
    public String examplePath(String operation) {
        String[] name = operation.split(" ", 2);
        return Stream.of(
                        pointer("paths", name[1], "parameters"),
                        pointer("paths", name[1], name[0].toLowerCase(Locale.ROOT), "parameters"))
                .flatMap(this::parameters)
                .filter(parameter -> parameter.get("in").asString().equals("path"))
                .reduce(
                        name[1],
                        (path, parameter) -> path.replace(
                                "{" + parameter.get("name").asString() + "}",
                                UriUtils.encode(parameter.get("example").asString(), StandardCharsets.UTF_8)),
                        String::concat);
    }

    private Stream<JsonNode> parameters(JsonPointer list) {
        return IntStream.range(0, document.at(list).size()).mapToObj(i -> document.at(resolved(list.appendIndex(i))));
    }

    /** Returns the operation of a response; empty if the contract does not declare the operation. */
    Optional<String> operation(Response response) {
        return path(response)
                .filter(path -> hasOperation(path, response))
                .map(path -> operationName(method(response), path));
    }

    /**
     * Requires that a response satisfies the contract.
     *
     * @throws AssertionError if the response breaks the contract; the message lists all breaches
     */
    public void check(Response response) {
        List<String> breaches = breaches(response);
        if (!breaches.isEmpty()) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "The response %d to %s %s (%s) breaks the contract:\n  %s\n%s",
                    response.status(),
                    response.method(),
                    response.path(),
                    operation(response).orElse("no operation of the contract"),
                    String.join("\n  ", breaches),
                    new String(response.body(), StandardCharsets.UTF_8)
                            .lines()
                            .limit(20)
                            .toList()));
        }
    }

    /** Returns all breaches of the contract. A breach in the body starts with the JSON pointer of the value. */
    public List<String> breaches(Response response) {
        String replacement = REPLACED_RESPONSES.get(
                String.format(Locale.ROOT, "%s %s %d", response.method(), response.path(), response.status()));
        if (replacement != null) {
            return breaches(new Response(
                    response.method(), replacement, response.status(), response.headers(), response.body()));
        }
        Optional<PathPattern> path = path(response);
        if (path.isEmpty()) {
            boolean rejected = response.status() >= 400 && response.status() < 500;
            return rejected ? undeclaredBreaches(response) : List.of();
        }
        if (!hasOperation(path.get(), response)) {
            return UNSUPPORTED_METHOD_STATUSES.contains(response.status())
                    ? undeclaredBreaches(response)
                    : response.method().equals("OPTIONS")
                            ? List.of()
                            : List.of("the status must be 405 because the resource does not support the method");
        }
        JsonPointer operation = pointer("paths", path.get().getPatternString(), method(response));
        JsonPointer declared = resolved(operation.append(pointer("responses", String.valueOf(response.status()))));
        if (!document.at(declared).isMissingNode()) {
            List<String> breaches = new ArrayList<>(headers(response, declared));
            breaches.addAll(content(response, declared.appendProperty("content")));
            return breaches;
        }
        return response.status() == 400
                ? undeclaredBreaches(response)
                : List.of("the operation does not declare the status " + response.status());
    }

    private Optional<PathPattern> path(Response response) {
        PathContainer path = PathContainer.parsePath(response.path());
        return paths.stream().filter(pattern -> pattern.matches(path)).findFirst();
    }

    private boolean hasOperation(PathPattern path, Response response) {
        return pathItem(path).has(method(response));
    }

    private JsonNode pathItem(PathPattern path) {
        return document.get("paths").get(path.getPatternString());
    }

    /** Returns the method as the contract spells it. HEAD maps to GET, because HEAD is GET without a body. */
    private static String method(Response response) {
        return response.method().equals("HEAD") ? "get" : response.method().toLowerCase(Locale.ROOT);
    }

    private static String operationName(String method, PathPattern path) {
        return method.toUpperCase(Locale.ROOT) + " " + path.getPatternString();
    }

    /**
     * Returns the breaches of a rejection that the contract does not declare for the operation. Such a rejection must
     * be a problem document with the general code of its status.
     */
    private List<String> undeclaredBreaches(Response response) {
        List<String> breaches = new ArrayList<>();
        if (response.status() == 405 && !response.headers().containsHeader("Allow")) {
            breaches.add("the header Allow is missing");
        }
        MediaType type = response.headers().getContentType();
        if (!MediaType.APPLICATION_PROBLEM_JSON.equals(type)) {
            breaches.add("the media type is " + type + " but must be application/problem+json");
        } else if (!response.method().equals("HEAD")) {
            breaches.addAll(json(response.body(), PROBLEM_SCHEMA));
            String code = GENERAL_CODES.get(response.status());
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
                validate(integer ? parsedOrText(value) : text(value), schema)
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
            return response.body().length == 0 ? List.of() : List.of("the response must have no body");
        }
        Optional<String> declaredType = type == null
                ? Optional.empty()
                : types.propertyNames().stream()
                        .filter(name -> MediaType.parseMediaType(name).equalsTypeAndSubtype(type))
                        .findFirst();
        if (declaredType.isEmpty()) {
            return List.of("the media type is %s but must be one of %s".formatted(type, types.propertyNames()));
        }
        if (response.method().equals("HEAD")) {
            return response.body().length == 0 ? List.of() : List.of("the response to HEAD must have no body");
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
                .computeIfAbsent(schema, pointer -> registry.getSchema(SchemaLocation.of(SCHEMA_ID + "#" + pointer)))
                .validate(value)
                .stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }

    private JsonNode parsedOrText(String value) {
        try {
            return json.readTree(value);
        } catch (JacksonException e) {
            return text(value);
        }
    }

    private static JsonNode text(String value) {
        return JsonNodeFactory.instance.stringNode(value);
    }

    /** Follows references ({@code $ref}) from a location in the document to the object itself. */
    private JsonPointer resolved(JsonPointer location) {
        JsonNode reference = document.at(location).path("$ref");
        return reference.isMissingNode()
                ? location
                : resolved(JsonPointer.compile(reference.asString().substring(1)));
    }

    private static JsonPointer pointer(String... names) {
        return Stream.of(names).reduce(JsonPointer.empty(), JsonPointer::appendProperty, JsonPointer::append);
    }
}
