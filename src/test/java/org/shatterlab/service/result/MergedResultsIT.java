package org.shatterlab.service.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/** Tests that all reads of a merged experiment return the bytes that they return without stored merges. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MergedResultsIT {

    private Service service;
    private JsonNode experiment;

    /** The answers of all reads before anything was merged or failed. */
    private List<String> unmerged;

    /** Runs an experiment with 80 cells of each network. The statistics include a ratio and one with an index. */
    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data, "--shatterlab.worker.threads=1");
        experiment = service.run("""
                {"networks": [{"label": "plain", "family": "feedforward", "width": 20},
                              {"label": "noise", "family": "white-noise"}],
                 "depths": [1, 2], "inputs": {"type": "grid", "points": 20}, "runs": 398,
                 "statistics": ["gradient-variance", "gradient-correlation", "autocorrelation"]}""");
        assertThat(experiment.get("state").asString()).isEqualTo("SUCCEEDED");
        awaitMerged();
        unmerged = answersWithoutMerge();
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private String id() {
        return experiment.get("id").asString();
    }

    private void awaitMerged() {
        Instant deadline = Instant.now().plusSeconds(60);
        while (service.count("merged_experiment where finished_at is not null") == 0) {
            assertThat(Instant.now()).isBefore(deadline);
            Service.sleep();
        }
    }

    /** Deletes the stored merges without a change of the experiment. Housekeeping does not restore them. */
    private List<String> answersWithoutMerge() {
        service.execute("delete from merged_network");
        List<String> answers = answers();
        assertThat(service.count("merged_row")).isZero();
        return answers;
    }

    private void mergeAgain() {
        service.execute("delete from merged_experiment");
        awaitMerged();
    }

    private List<String> answers() {
        String results = experiment.get("links").get("results").asString();
        return Stream.concat(
                        Stream.of("?limit=7", "?limit=1&network=noise", "?statistic=gradient-correlation", "")
                                .map(query -> service.get(results + query)),
                        Stream.of(
                                service.get(results, "Accept", "text/csv"),
                                service.get("/api/v1/results?experiment=" + id()),
                                service.get("/api/v1/comparisons?statistic=gradient-variance&left=" + id()
                                        + "/plain&right=" + id() + "/noise"),
                                service.get("/api/v1/experiments/" + id() + "/figures/theorem-1.svg")))
                .map(MergedResultsIT::body)
                .toList();
    }

    private static String body(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    @Test
    void mergedAnswersHaveSameBytes() {
        mergeAgain();
        assertThat(service.count("merged_network where last_ordinal >= 158")).isEqualTo(2);
        assertThat(service.count("merged_row where mean_denominator is not null"))
                .isPositive();
        assertThat(answers()).isEqualTo(unmerged);
    }

    /** A failed cell is left out of the merge. A retry computes the cell, and the rows are those of all cells again. */
    @Test
    void retryInvalidatesMerge() {
        service.execute("""
                delete from cell_row where fingerprint in (select fingerprint from experiment_cell where ordinal = 40)""");
        service.execute("""
                update cell set state = 'FAILED', failure = 'lost' where fingerprint in
                    (select fingerprint from experiment_cell where ordinal = 40)""");
        service.execute("update experiment set state = 'FAILED', done = done - 1, failed = 1, failure = 'lost'");
        mergeAgain();
        assertThat(service.queryStrings("select skipped::text from merged_network where network = 0"))
                .containsExactly("{40}");
        List<String> merged = answers();
        assertThat(merged).isEqualTo(answersWithoutMerge()).isNotEqualTo(unmerged);

        mergeAgain();
        assertThat(service.call("POST", "/api/v1/experiments/" + id() + "/retry", "")
                        .statusCode())
                .isEqualTo(202);
        service.await(experiment);
        assertThat(answers()).isEqualTo(unmerged);
        Instant deadline = Instant.now().plusSeconds(60);
        while (service.count("merged_network where skipped = '{}'") < 2) {
            assertThat(answers()).isEqualTo(unmerged);
            assertThat(Instant.now()).isBefore(deadline);
        }
        assertThat(answers()).isEqualTo(unmerged);
    }
}
