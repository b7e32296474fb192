package org.shatterlab.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.RawHttp;
import org.shatterlab.service.support.RawHttp.RawResponse;
import org.shatterlab.service.support.Service;
import org.shatterlab.service.support.ServiceNode;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** Tests that every address in answers has the prefix under which clients see the service. */
@ExtendWith(OutputCaptureExtension.class)
class PrefixIT {

    private static final String SPEC = """
            {"preset": "figure-1", "runs": 1}""";

    private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"]+)\"");

    /**
     * A client that reaches the service below a prefix.
     *
     * @param visible the prefix in the addresses that the client sees
     * @param stripped whether a proxy removes the prefix and sends it as a header
     */
    private record PrefixedClient(Service service, String visible, boolean stripped) {

        RawResponse send(String method, String path, String body) throws IOException {
            assertThat(path).startsWith(visible);
            String[] headers = stripped ? new String[] {"X-Forwarded-Prefix: " + visible} : new String[0];
            String target = stripped ? path.substring(visible.length()) : path;
            return RawHttp.exchange(service.port(), ServiceNode.request(method, target, body, headers), false);
        }

        JsonNode json(RawResponse response) {
            return service.json.readTree(response.body());
        }

        void assertAddresses() throws IOException {
            RawResponse created = send("POST", visible + "/api/v1/experiments", SPEC);
            assertThat(created.status()).isEqualTo(202);
            JsonNode links = json(created).get("links");
            String self = links.get("self").asString();
            assertThat(self).startsWith(visible + "/api/v1/experiments/");
            assertThat(created.header("Location")).hasValue(self);
            assertThat(links.get("results").asString()).isEqualTo(self + "/results");
            assertThat(links.get("figures").get(0).asString()).startsWith(self + "/figures/");
            for (String path : List.of(self, self + "?wait=1")) {
                assertThat(json(send("GET", path, "")).get("links")).isEqualTo(links);
            }
            JsonNode listed = json(send("GET", visible + "/api/v1/experiments", ""));
            assertThat(listed.get("items").get(0).get("links").get("self").asString())
                    .isEqualTo(self);
            JsonNode missing = json(send("GET", visible + "/api/v1/experiments/x", ""));
            assertThat(missing.get("instance").asString()).isEqualTo(visible + "/api/v1/experiments/x");
            assertDocs();
        }

        private void assertDocs() throws IOException {
            String location =
                    send("GET", visible + "/docs", "").header("Location").orElseThrow();
            String page = URI.create(location).getPath();
            assertThat(page).isEqualTo(visible + "/docs/index.html");
            String html = new String(send("GET", page, "").body(), StandardCharsets.UTF_8);
            List<String> references = REFERENCE
                    .matcher(html)
                    .results()
                    .map((MatchResult match) -> match.group(1))
                    .toList();
            assertThat(references).hasSizeGreaterThan(4);
            for (String reference : references) {
                RawResponse resource =
                        send("GET", URI.create(page).resolve(reference).getPath(), "");
                assertThat(resource.status()).as(reference).isEqualTo(200);
            }
        }
    }

    @Test
    void hasNoPrefixByDefault(@TempDir Path data, CapturedOutput output) throws IOException {
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            new PrefixedClient(service, "", false).assertAddresses();
            assertThat(output).contains("http://127.0.0.1:" + service.port() + "/docs documents");
        }
    }

    @Test
    void addsContextPath(@TempDir Path data, CapturedOutput output) throws IOException {
        try (Service service = Service.start(data, "--shatterlab.roles=api", "--server.servlet.context-path=/lab")) {
            new PrefixedClient(service, "/lab", false).assertAddresses();
            assertThat(output).contains("http://127.0.0.1:" + service.port() + "/lab/docs documents");
        }
    }

    @Test
    void addsPrefixOfProxy(@TempDir Path data) throws IOException {
        try (Service service =
                Service.start(data, "--shatterlab.roles=api", "--server.forward-headers-strategy=framework")) {
            new PrefixedClient(service, "/lab", true).assertAddresses();
            for (String prefix : List.of("//evil.example", "lab", "/a b", "/{", "/%", "/..")) {
                RawResponse rejected = RawHttp.exchange(
                        service.port(),
                        ServiceNode.request("GET", "/api/v1/presets", "", "X-Forwarded-Prefix: " + prefix),
                        false);
                assertThat(rejected.status()).as(prefix).isEqualTo(400);
                assertThat(rejected.header("Content-Type")).hasValue("application/problem+json");
            }
        }
    }

    @Test
    void ignoresPrefixWithoutProxy(@TempDir Path data) throws IOException {
        try (Service service = Service.start(data, "--shatterlab.roles=api")) {
            RawResponse created = RawHttp.exchange(
                    service.port(),
                    ServiceNode.request("POST", "/api/v1/experiments", SPEC, "X-Forwarded-Prefix: /lab"),
                    false);
            assertThat(created.header("Location").orElseThrow()).startsWith("/api/v1/experiments/");
        }
    }
}
