package org.shatterlab.service.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shatterlab.ShatterlabApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.client.RestClient;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of a running service that sends requests over HTTP, as users do. Every response of an API must satisfy the
 * {@link Contract}, otherwise the request fails with an {@link AssertionError}.
 */
public final class Service implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(4);

    public final JsonMapper json = new JsonMapper();
    private final HttpClient http =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    private final ConfigurableApplicationContext context;
    private final String base;
    /** True if the process serves the API, so that its responses must satisfy the contract. */
    private final boolean hasApi;

    /** The value of the header {@code Authorization} of every request; null for no such header. */
    private final @Nullable String authorization;

    private final Set<String> succeededOperations = ConcurrentHashMap.newKeySet();

    private Service(
            ConfigurableApplicationContext context, String base, boolean hasApi, @Nullable String authorization) {
        this.context = context;
        this.base = base;
        this.hasApi = hasApi;
        this.authorization = authorization;
    }

    /** Starts a service in this process, at a free port and on the database of the data folder. */
    public static Service start(Path dataFolder, String... arguments) {
        List<String> all = new ArrayList<>(
                List.of("--server.port=0", "--shatterlab.welcome=false", "--shatterlab.data-dir=" + dataFolder));
        all.addAll(TestDatabase.arguments(dataFolder));
        all.addAll(List.of(arguments));
        return of(new SpringApplicationBuilder(ShatterlabApplication.class).run(all.toArray(String[]::new)));
    }

    /** Returns a client of a service that runs in this process. Closing the client stops the service. */
    public static Service of(ConfigurableApplicationContext context) {
        return new Service(
                context,
                "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"),
                !routes(context).isEmpty(),
                null);
    }

    /** Returns a client that sends this bearer token with every request. Closing either client stops the service. */
    public Service withToken(String token) {
        return new Service(context, base, hasApi, "Bearer " + token);
    }

    /**
     * Returns a client of a service in another process. The methods that need its context or its database do not work.
     */
    static Service at(String base) {
        return new Service(new GenericApplicationContext(), base, true, null);
    }

    /**
     * Sends a GET request.
     *
     * @param headers names and values in turn
     */
    public HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.GET().build());
    }

    public HttpResponse<byte[]> getBytes(String path, String accept) {
        return send(request(path).header("Accept", accept).build(), Function.identity());
    }

    public HttpResponse<String> post(String path, byte[] body, String contentType) {
        return send(request(path)
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build());
    }

    /**
     * Sends a request with a JSON body.
     *
     * @param body body; empty for no body
     * @param headers names and values in turn
     */
    public HttpResponse<String> call(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    /** Submits an experiment. */
    public HttpResponse<String> submit(String body) {
        return post("/api/v1/experiments", body.getBytes(StandardCharsets.UTF_8), "application/json");
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        return authorization == null ? request : request.header(HttpHeaders.AUTHORIZATION, authorization);
    }

    private HttpResponse<String> send(HttpRequest request) {
        return send(request, body -> new String(body, StandardCharsets.UTF_8));
    }

    private <T> HttpResponse<T> send(HttpRequest request, Function<byte[], T> reader) {
        AtomicReference<byte[]> body = new AtomicReference<>(new byte[0]);
        try {
            HttpResponse<T> response = http.send(
                    request,
                    _ -> BodySubscribers.mapping(BodySubscribers.ofByteArray(), bytes -> {
                        body.set(bytes);
                        return reader.apply(bytes);
                    }));
            HttpHeaders headers = new HttpHeaders();
            response.headers().map().forEach(headers::addAll);
            check(response.request().method(), response.uri(), response.statusCode(), headers, body.get());
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Checks a response against the contract, and records the operation if it succeeded. */
    private void check(String method, URI address, int status, HttpHeaders headers, byte[] body) {
        Contract.Response response = new Contract.Response(method, address.getRawPath(), status, headers, body);
        if (!hasApi) {
            return;
        }
        Contract.COMMITTED.check(response);
        if (status < 300) {
            Contract.COMMITTED.operation(response).ifPresent(succeededOperations::add);
        }
    }

    /** Returns the operations of the contract that have succeeded at least once. */
    public Set<String> succeededOperations() {
        return succeededOperations;
    }

    /**
     * Builds a REST client that accepts these media types or any. The client sends the bearer token of this service, and every
     * response is checked against the contract.
     */
    public RestClient restClient(RestClient.Builder builder, MediaType... accepted) {
        return builder.requestFactory(new JdkClientHttpRequestFactory(http))
                .bufferContent((_, _) -> true)
                .requestInterceptor((request, body, execution) -> {
                    if (authorization != null) {
                        request.getHeaders().set(HttpHeaders.AUTHORIZATION, authorization);
                    }
                    if (accepted.length > 0) {
                        request.getHeaders().setAccept(List.of(accepted));
                    }
                    ClientHttpResponse response = execution.execute(request, body);
                    check(
                            request.getMethod().name(),
                            request.getURI(),
                            response.getStatusCode().value(),
                            response.getHeaders(),
                            response.getBody().readAllBytes());
                    return response;
                })
                .build();
    }

    /** Returns the address of this service, without a path. */
    public String base() {
        return base;
    }

    /** Returns the operations that the application maps, in the notation of {@link Contract#operations}. */
    public Set<String> routes() {
        return routes(context);
    }

    private static Set<String> routes(ConfigurableApplicationContext context) {
        return context
                .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .entrySet()
                .stream()
                .filter(entry -> entry.getValue().getBeanType().getName().startsWith("org.shatterlab."))
                .map(Map.Entry::getKey)
                .flatMap(mapping -> mapping.getPatternValues().stream()
                        .flatMap(path -> mapping.getMethodsCondition().getMethods().stream()
                                .map(method -> method + " " + path)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Submits an experiment, waits for its end and returns the finished experiment. */
    public JsonNode run(String body) {
        HttpResponse<String> accepted = submit(body);
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return await(json.readTree(accepted.body()));
    }

    /** Waits for the end of an experiment and returns the finished experiment. */
    public JsonNode await(JsonNode submitted) {
        String location = submitted.get("links").get("self").asString();
        Instant deadline = Instant.now().plus(TIMEOUT);
        while (Instant.now().isBefore(deadline)) {
            JsonNode experiment = json.readTree(get(location).body());
            if (!experiment.get("finishedAt").isNull()) {
                return experiment;
            }
            sleep();
        }
        throw new AssertionError(location + " did not end within " + TIMEOUT + ".");
    }

    /** Sleeps for the interval between two polls. */
    public static void sleep() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Reads all rows of an experiment, page by page. */
    public List<JsonNode> rows(JsonNode experiment, String query) {
        List<JsonNode> rows = new ArrayList<>();
        String path = experiment.get("links").get("results").asString() + "?limit=50&" + query;
        String cursor = "";
        do {
            JsonNode page = json.readTree(get(path + cursor).body());
            page.get("items").forEach(rows::add);
            cursor = page.get("nextCursor").isNull()
                    ? null
                    : "&cursor=" + page.get("nextCursor").asString();
        } while (cursor != null);
        return rows;
    }

    /** Reads all rows of an experiment as CSV. */
    public String csv(JsonNode experiment) {
        HttpResponse<String> response =
                get(experiment.get("links").get("results").asString(), "Accept", "text/csv");
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    /**
     * Counts the rows of a table.
     *
     * @param table name of the table, optionally with a {@code where} clause
     */
    public long count(String table) {
        return queryLongs("select count(*) from " + table).getFirst();
    }

    /** Returns the first column of a query, as integers. */
    public List<Long> queryLongs(String sql) {
        return context.getBean(JdbcClient.class)
                .sql(sql)
                .query((row, _) -> row.getLong(1))
                .list();
    }

    /** Returns the first column of a query, as strings. */
    public List<String> queryStrings(String sql) {
        return context.getBean(JdbcClient.class)
                .sql(sql)
                .query((row, _) -> row.getString(1))
                .list();
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Returns the arguments that start another service on the database of this service. */
    public List<String> databaseArguments() {
        JdbcConnectionDetails database = context.getBean(JdbcConnectionDetails.class);
        return List.of(
                "--spring.datasource.url=" + database.getJdbcUrl(),
                "--spring.datasource.username=" + database.getUsername(),
                "--spring.datasource.password=" + database.getPassword());
    }

    public int port() {
        return URI.create(base).getPort();
    }

    /** Returns the name of the database of this service. */
    public String database() {
        return context.getBean(JdbcClient.class)
                .sql("select current_database()")
                .query((row, _) -> row.getString(1))
                .single();
    }

    /** Returns whether the context of the service has a bean of this type. */
    public boolean hasBean(Class<?> bean) {
        return context.getBeanProvider(bean).getIfAvailable() != null;
    }

    public void execute(String sql) {
        context.getBean(JdbcClient.class).sql(sql).update();
    }

    @Override
    public void close() {
        context.close();
        http.close();
    }
}
