package org.shatterlab.service.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests predictions without a measurement, and measures networks of other activations through the API. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TheoryIT {

    private Service service;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private JsonNode theory(String query) {
        HttpResponse<String> response = service.get("/api/v1/theory?" + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return service.json.readTree(response.body());
    }

    @Test
    void predictsReferenceCurve() {
        JsonNode answer = theory("family=feedforward&normalization=mean-centering&depths=4,10&inputs=grid&points=64");

        assertThat(answer.get("network").get("firstBiasStd").asDouble()).isEqualTo(1);
        assertThat(answer.get("inputs").get("to").asDouble()).isEqualTo(2);
        assertThat(answer.get("items"))
                .extracting(
                        row -> row.get("depth").asInt(),
                        row -> row.get("statistic").asString(),
                        row -> row.get("index").isNull())
                .contains(tuple(4, "gradient-variance", true), tuple(10, "gradient-correlation", true));
        JsonNode at4 = theory("family=feedforward&normalization=mean-centering&depths=4&points=64&"
                        + "statistic=gradient-correlation")
                .get("items");
        assertThat(at4).hasSize(1);
        assertThat(at4.get(0).get("predictions").get("infiniteWidth").asDouble())
                .isCloseTo(0.1067, within(0.003));
        assertThat(at4.get(0).get("predictions").get("paper").asDouble()).isEqualTo(0.0625);
    }

    @Test
    void predictionsMatchExperimentResults() {
        JsonNode experiment = service.run("""
                {"networks": [{"family": "resnet", "beta": 0.5, "activation": "prelu", "slope": 0.1,
                               "initialization": "orthogonal", "width": 60},
                              {"label": "ll", "family": "feedforward", "activation": "crelu",
                               "initialization": "looks-linear", "width": 60}],
                 "inputs": {"type": "gaussian", "points": 20, "dimension": 30, "seed": 3}, "depths": [2, 5], "runs": 3,
                 "statistics": ["gradient-variance", "gradient-correlation"]}""");
        JsonNode items = theory("family=resnet&beta=0.5&activation=prelu&slope=0.1&initialization=orthogonal&depths=2,5"
                        + "&inputs=gaussian&points=20&dimension=30&inputSeed=3"
                        + "&statistic=gradient-variance&statistic=gradient-correlation")
                .get("items");

        assertThat(experiment.get("state").asString()).isEqualTo("SUCCEEDED");
        List<JsonNode> rows = service.rows(experiment, "network=resnet");
        assertThat(items).hasSize(4);
        assertThat(rows)
                .hasSize(4)
                .allSatisfy(row -> assertThat(items).anySatisfy(item -> {
                    assertThat(item.get("depth")).isEqualTo(row.get("depth"));
                    assertThat(item.get("statistic")).isEqualTo(row.get("statistic"));
                    assertThat(item.get("predictions")).isEqualTo(row.get("predictions"));
                }));
        assertThat(service.rows(experiment, "network=ll&statistic=gradient-correlation"))
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.get("mean").asDouble()).isCloseTo(1, within(1e-4)));
    }

    @Test
    void csvHoldsSameRows() {
        HttpResponse<String> csv = service.get(
                "/api/v1/theory?family=highway&gamma2=1/sqrt(depth)&depths=2..4&statistic=gradient-correlation",
                "Accept",
                "text/csv");
        assertThat(csv.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/csv");
        assertThat(csv.body().lines())
                .hasSize(4)
                .startsWith("depth,statistic,index,paper,derived,infiniteWidth,note")
                .anyMatch(line -> line.startsWith("3,gradient-correlation,,0.578"));
    }

    @Test
    void predictsNoiseMoments() {
        JsonNode items = theory("family=brown-noise&points=17").get("items");
        assertThat(items)
                .allSatisfy(row -> assertThat(row.get("depth").isNull()).isTrue());
        assertThat(items)
                .anySatisfy(
                        row -> assertThat(row.get("predictions").get("derived").asDouble())
                                .isEqualTo(9));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "family=feedforward&depths=1..512&points=2048",
                "family=feedforward&depths=1,1000&inputs=gaussian&points=2048&dimension=16384",
                "family=highway&gamma2=1/sqrt(depth)&depths=1..512&points=512"
            })
    void explainsMissingPredictions(String query) {
        assertThat(theory(query).get("items"))
                .anySatisfy(row -> assertThat(row.get("predictions").get("note").asString())
                        .contains("points x points x layers"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "depths=2                                              | ?family",
                "family=resnet                                         | ?depths",
                "family=resnet&depths=5..2                             | ?depths",
                "family=resnet&depths=0                                | ?depths",
                "family=resnet&depths=2..999999999                     | ?depths",
                "family=resnet&depths=1..1000                          | ?depths",
                "family=resnet&depths=2&beta=x                         | ?beta",
                "family=resnet&depths=2&beta=1e999                     | ?beta",
                "family=resnet&depths=2&beta=1&beta=2                  | ?beta",
                "family=resnet&depths=2&gamma2=0.5                     | ?gamma2",
                "family=resnet&depths=2&label=a                        | ?label",
                "family=resnet&depths=2&inputs=circle                  | ?inputs",
                "family=resnet&depths=2&points=1                       | ?points",
                "family=resnet&depths=2&inputs=gaussian&inputSeed=a    | ?inputSeed",
                "family=resnet&depths=2&initialization=looks-linear    | ?initialization",
                "family=resnet&depths=2&statistic=gradient             | ?statistic",
                "family=white-noise&depths=2                           | ?depths",
                "family=resnt&depths=x&width=0&sesame=1&points=z       | ?family ?depths ?width ?sesame ?points"
            })
    void reportsAllViolations(String query, String pointers) {
        HttpResponse<String> response = service.get("/api/v1/theory?" + query.strip());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
        JsonNode violations = service.json.readTree(response.body()).get("violations");
        assertThat(StreamSupport.stream(violations.spliterator(), false)
                        .map(violation -> violation.get("pointer").asString())
                        .distinct())
                .containsExactlyInAnyOrder(pointers.strip().split(" "));
    }
}
