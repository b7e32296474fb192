package org.shatterlab.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.shatterlab.ShatterlabApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running service on a data folder and a database of its own, spoken to as its users do: over HTTP. */
final class Service implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    final JsonMapper json = new JsonMapper();
    private final HttpClient http =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    private final ConfigurableApplicationContext context;
    private final String base;

    private Service(ConfigurableApplicationContext context) {
        this.context = context;
        this.base = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
    }

    static Service start(Path dataFolder, String... arguments) {
        List<String> all = new ArrayList<>(
                List.of("--server.port=0", "--shatterlab.welcome=false", "--shatterlab.data-dir=" + dataFolder));
        all.addAll(TestDatabase.arguments(dataFolder));
        all.addAll(List.of(arguments));
        return new Service(new SpringApplicationBuilder(ShatterlabApplication.class).run(all.toArray(String[]::new)));
    }

    /** A service that a test framework started, and ends. */
    static Service of(ConfigurableApplicationContext context) {
        return new Service(context);
    }

    HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.GET().build());
    }

    HttpResponse<byte[]> getBytes(String path, String accept) {
        return send(
                HttpRequest.newBuilder(URI.create(base + path))
                        .header("Accept", accept)
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<String> post(String path, byte[] body, String contentType) {
        return send(HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build());
    }

    /** Any request; the body is JSON, where there is one. */
    HttpResponse<String> call(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    HttpResponse<String> submit(String body) {
        return post("/api/v1/experiments", body.getBytes(StandardCharsets.UTF_8), "application/json");
    }

    private HttpResponse<String> send(HttpRequest request) {
        return send(request, HttpResponse.BodyHandlers.ofString());
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Submits an experiment and waits for its end. */
    JsonNode run(String body) {
        HttpResponse<String> accepted = submit(body);
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return await(json.readTree(accepted.body()));
    }

    /** Waits for the end of an experiment. */
    JsonNode await(JsonNode submitted) {
        String location = submitted.get("links").get("self").asString();
        Instant deadline = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(deadline)) {
            JsonNode experiment = json.readTree(get(location).body());
            if (!experiment.get("finishedAt").isNull()) {
                return experiment;
            }
            sleep();
        }
        throw new AssertionError("no end of " + location + " in " + PATIENCE);
    }

    static void sleep() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** All rows of an experiment, page by page. */
    List<JsonNode> rows(JsonNode experiment, String query) {
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

    String csv(JsonNode experiment) {
        HttpResponse<String> response =
                get(experiment.get("links").get("results").asString(), "Accept", "text/csv");
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    /** How many rows a table has, or the part of it after a {@code where}. */
    long count(String table) {
        return context.getBean(JdbcClient.class)
                .sql("select count(*) from " + table)
                .query((row, _) -> row.getLong(1))
                .single();
    }

    /** The name of this service's database. */
    String database() {
        return context.getBean(JdbcClient.class)
                .sql("select current_database()")
                .query((row, _) -> row.getString(1))
                .single();
    }

    boolean has(Class<?> bean) {
        return context.getBeanProvider(bean).getIfAvailable() != null;
    }

    void execute(String sql) {
        context.getBean(JdbcClient.class).sql(sql).update();
    }

    @Override
    public void close() {
        context.close();
        http.close();
    }
}
