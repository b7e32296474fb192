package org.shatterlab.service.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shatterlab.JavaProcess;
import org.shatterlab.service.support.Service;
import org.shatterlab.service.support.ServiceNode;
import tools.jackson.databind.JsonNode;

/**
 * Tests that the service, its embedded database and its figures do not depend on the language of the machine. Arabic
 * has digits of its own, and Turkish has an i without a dot.
 */
class LocaleIT {

    private static final Pattern FOREIGN_DIGIT = Pattern.compile("[\\p{Nd}&&[^0-9]]");

    private static final String SPEC = """
            {"preset": "figure-1", "runs": 1}""";

    @ParameterizedTest
    @CsvSource({"ar, EG", "tr, TR"})
    void writesSameDigitsInEveryLanguage(String language, String country, @TempDir Path data) {
        List<String> options = new ArrayList<>(JavaProcess.SHORT_LIVED);
        options.addAll(List.of("-Duser.language=" + language, "-Duser.country=" + country));
        try (ServiceNode node =
                ServiceNode.start(data, ServiceNode.freePort(), options, List.of("--shatterlab.worker.threads=1"))) {
            Service service = node.awaitReady().client();
            JsonNode experiment = service.run(SPEC);
            assertThat(experiment.get("state").asString()).isEqualTo("SUCCEEDED");
            List<String> answers = new ArrayList<>(List.of(
                    experiment.toString(),
                    service.csv(experiment),
                    service.get("/api/v1/workers").body(),
                    service.submit("{\"networks\": [{\"family\": \"feedforward\", \"width\": 123456789}]}")
                            .body(),
                    service.get("/api/v1/theory?family=feedforward&depths=10").body(),
                    node.process().output()));
            experiment.get("links").get("figures").forEach(figure -> {
                String svg = service.get(figure.asString()).body();
                assertThat(svg).contains("<svg");
                answers.add(svg);
            });
            assertThat(answers)
                    .hasSizeGreaterThan(6)
                    .noneMatch(answer -> FOREIGN_DIGIT.matcher(answer).find());
        }
    }
}
