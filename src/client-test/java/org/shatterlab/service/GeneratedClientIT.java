package org.shatterlab.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.client.ApiClient;
import org.shatterlab.client.api.ExperimentsApi;
import org.shatterlab.client.api.PresetsApi;
import org.shatterlab.client.api.ResultsApi;
import org.shatterlab.client.api.ServiceApi;
import org.shatterlab.client.model.AdaptiveRuns;
import org.shatterlab.client.model.Cancelled;
import org.shatterlab.client.model.CombinedResultRow;
import org.shatterlab.client.model.Comparison;
import org.shatterlab.client.model.CostEstimate;
import org.shatterlab.client.model.DepthRange;
import org.shatterlab.client.model.Experiment;
import org.shatterlab.client.model.ExperimentPage;
import org.shatterlab.client.model.ExperimentRequest;
import org.shatterlab.client.model.ExperimentState;
import org.shatterlab.client.model.FeedforwardNetwork;
import org.shatterlab.client.model.GridInputs;
import org.shatterlab.client.model.HighwayNetwork;
import org.shatterlab.client.model.InvalidRequestProblem;
import org.shatterlab.client.model.Matrix;
import org.shatterlab.client.model.NoiseNetwork;
import org.shatterlab.client.model.Normalization;
import org.shatterlab.client.model.Preset;
import org.shatterlab.client.model.Problem;
import org.shatterlab.client.model.ProblemCode;
import org.shatterlab.client.model.ResultPage;
import org.shatterlab.client.model.ResultRow;
import org.shatterlab.client.model.RowStatistic;
import org.shatterlab.client.model.Series;
import org.shatterlab.client.model.Statistic;
import org.shatterlab.client.model.Theory;
import org.shatterlab.client.model.Worker;
import org.shatterlab.service.support.Contract;
import org.shatterlab.service.support.Service;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClientResponseException;
import tools.jackson.databind.json.JsonMapper;

/** Tests that a client generated from the contract can use every operation of the service. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GeneratedClientIT {

    private static final Logger log = LoggerFactory.getLogger(GeneratedClientIT.class);
    private static final int POINTS = 20;
    private static final List<Statistic> STATISTICS = List.of(
            Statistic.GRADIENT_VARIANCE,
            Statistic.GRADIENT_CORRELATION,
            Statistic.AUTOCORRELATION,
            Statistic.GRADIENT,
            Statistic.OUTER_PRODUCT,
            Statistic.COVARIANCE,
            Statistic.CORRELATION);

    private Service service;
    private ExperimentsApi experiments;
    private ResultsApi results;
    private Experiment measured;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data, "--shatterlab.worker.threads=1");
        experiments = new ExperimentsApi(client());
        results = new ResultsApi(client());
        measured = ended(submit(request()));
    }

    @AfterAll
    void servesEveryOperation() {
        service.close();
        Set<String> operations = Contract.COMMITTED.operations();
        log.info(
                "The service served {} of {} operations to the generated client.",
                service.succeededOperations().size(),
                operations.size());
        assertThat(service.succeededOperations()).containsExactlyInAnyOrderElementsOf(operations);
    }

    private static ExperimentRequest request() {
        return new ExperimentRequest()
                .name("from outside")
                .addNetworksItem(new FeedforwardNetwork()
                        .family(FeedforwardNetwork.FamilyEnum.FEEDFORWARD)
                        .label("a b%c")
                        .width(10)
                        .normalization(Normalization.MEAN_CENTERING))
                .addNetworksItem(new HighwayNetwork()
                        .family(HighwayNetwork.FamilyEnum.HIGHWAY)
                        .width(10)
                        .gamma2("1/sqrt(depth)")
                        .depths(List.of(3)))
                .addNetworksItem(new NoiseNetwork().family(NoiseNetwork.FamilyEnum.BROWN_NOISE))
                .depths(new DepthRange().from(1).to(3).step(2))
                .inputs(new GridInputs().type(GridInputs.TypeEnum.GRID).points(POINTS))
                .statistics(STATISTICS)
                .runs(7)
                .seed(3L);
    }

    private Experiment submit(ExperimentRequest request) {
        return Objects.requireNonNull(accepted(request, null).getBody());
    }

    private ResponseEntity<Experiment> accepted(ExperimentRequest request, @Nullable String key) {
        ResponseEntity<Experiment> accepted = experiments.submitExperimentWithHttpInfo(request, null, key);
        assertThat(accepted.getStatusCode().value()).isEqualTo(202);
        return accepted;
    }

    /** Polls an experiment with its entity tag until the experiment has ended. */
    private Experiment ended(Experiment submitted) {
        Experiment now = submitted;
        String tag = null;
        while (now.getFinishedAt() == null) {
            ResponseEntity<Experiment> next = experiments.getExperimentWithHttpInfo(now.getId(), tag, 30);
            tag = next.getHeaders().getETag();
            now = next.getBody() == null ? now : next.getBody();
        }
        return now;
    }

    /** Returns a generated client that accepts these media types, or any type if none is given. */
    private ApiClient client(MediaType... accepted) {
        // The generated models hold null in unset fields. The mapper leaves unset fields out of the request.
        JsonMapper mapper = ApiClient.createDefaultMapper(null)
                .rebuild()
                .changeDefaultPropertyInclusion(all -> all.withValueInclusion(JsonInclude.Include.NON_NULL))
                .build();
        return new ApiClient(service.restClient(ApiClient.buildRestClientBuilder(mapper), accepted))
                .setBasePath(service.base());
    }

    /** Returns the client of the results that accepts a media type other than JSON. */
    private ResultsApi as(String type) {
        return new ResultsApi(client(MediaType.parseMediaType(type)));
    }

    private static Problem problem(int status, ThrowingCallable call) {
        return problem(status, Problem.class, call);
    }

    private static <T> T problem(int status, Class<T> type, ThrowingCallable call) {
        RestClientResponseException error = catchThrowableOfType(RestClientResponseException.class, call);
        assertThat(error.getStatusCode().value()).isEqualTo(status);
        return Objects.requireNonNull(error.getResponseBodyAs(type));
    }

    @Test
    void measuresSubmittedExperiment() {
        assertThat(measured.getState()).isEqualTo(ExperimentState.SUCCEEDED);
        assertThat(measured.getProgress().getDone())
                .isEqualTo(measured.getProgress().getCells());
        assertThat(measured.getSpec().getNetworks()).hasSize(3);
        assertThat(measured.getSpec().getStatistics()).containsExactlyInAnyOrderElementsOf(STATISTICS);
        assertThat(measured.getProvenance()).isNotEmpty();
    }

    @Test
    void readsRowsPageByPage() {
        List<ResultRow> rows = new ArrayList<>();
        String cursor = null;
        do {
            ResultPage page = results.getResults(
                    measured.getId(),
                    List.of("a b%c"),
                    "1..2,3",
                    List.of(RowStatistic.AUTOCORRELATION),
                    5,
                    cursor,
                    null);
            rows.addAll(page.getItems());
            cursor = page.getNextCursor();
        } while (cursor != null);
        assertThat(rows).hasSize(2 * 16).doesNotHaveDuplicates().allSatisfy(row -> {
            assertThat(row.getNetwork()).isEqualTo("a b%c");
            assertThat(row.getRuns()).isEqualTo(7);
            assertThat(row.getStatistic()).isEqualTo(RowStatistic.AUTOCORRELATION);
        });
    }

    @Test
    void readsRowsAsCsv() {
        String csv = as("text/csv")
                .getResultsWithResponseSpec(measured.getId(), null, null, null, null, null, false)
                .body(String.class);
        assertThat(csv).startsWith("network,depth,statistic,index,mean,").hasLineCount(1 + (2 + 1 + 1) * 18);
    }

    @Test
    void combinedRowsNameTheirExperiment() {
        Experiment other = ended(submit(request().seed(4L)));
        List<String> ids = List.of(other.getId(), measured.getId());
        assertThat(results.getCombinedResults(ids, null, "0", List.of(RowStatistic.GRADIENT_VARIANCE), null, null, null)
                        .getItems())
                .extracting(CombinedResultRow::getExperiment)
                .isEqualTo(ids);
    }

    @Test
    void comparesTwoNetworks() {
        String experiment = measured.getId();
        Comparison comparison = results.compareNetworks(
                experiment + "/brown-noise",
                experiment + "/highway",
                RowStatistic.GRADIENT_VARIANCE,
                null,
                BigDecimal.valueOf(0.9),
                null);
        assertThat(comparison.getItems())
                .singleElement()
                .satisfies(row -> assertThat(row.getLower()).isLessThan(row.getUpper()));
    }

    @Test
    void addsRunsUntilMaximum() {
        Experiment adaptive = ended(submit(request()
                .runs(new AdaptiveRuns()
                        .min(5)
                        .max(20)
                        .relativeError(BigDecimal.valueOf(1e-6))
                        .of(RowStatistic.GRADIENT_VARIANCE))));
        assertThat(adaptive.getRounds()).isEqualTo(3);
        assertThat(results.getStopping(adaptive.getId(), null, null, null, null).getItems())
                .hasSize(4)
                .allSatisfy(row -> assertThat(row.getRuns()).isEqualTo(20));
    }

    @Test
    void predictsWithoutMeasurement() {
        Theory theory = results.getTheory(
                "highway",
                "2,4",
                null,
                null,
                null,
                null,
                "1/sqrt(depth)",
                null,
                null,
                null,
                null,
                "gaussian",
                null,
                null,
                16,
                100,
                3L,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of("gradient-correlation"),
                null);
        assertThat(theory.getItems())
                .hasSize(2)
                .allSatisfy(row ->
                        assertThat(row.getPredictions().getInfiniteWidth()).isBetween(BigDecimal.ZERO, BigDecimal.ONE));
    }

    @Test
    void readsMatricesInEveryFormat() throws IOException {
        String id = measured.getId();
        Matrix matrix = results.getMatrix(id, "highway", 3, "correlation", null);
        assertThat(matrix.getValues())
                .hasSize(POINTS)
                .allSatisfy(row -> assertThat(row).hasSize(POINTS));
        assertThat(matrix.getValues().getFirst().getFirst()).isEqualByComparingTo(BigDecimal.ONE);
        byte[] npy = as("application/x-npy")
                .getMatrixWithResponseSpec(id, "brown-noise", 0, "covariance", null)
                .body(byte[].class);
        assertThat(npy).hasSize(128 + 8 * POINTS * POINTS);
        byte[] png = as("image/png")
                .getMatrixWithResponseSpec(id, "a b%c", 1, "outer-product", null)
                .body(byte[].class);
        assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isPositive();
    }

    @Test
    void readsSeries() {
        Series series = results.getSeries(measured.getId(), "brown-noise", 0, 0, null);
        assertThat(series.getDepth()).isNull();
        assertThat(series.getX()).hasSize(POINTS);
        assertThat(series.getGradient()).hasSize(POINTS);
    }

    @Test
    void drawsPaperFigure() throws IOException {
        Experiment small = ended(submit(new ExperimentRequest()
                .preset(ExperimentRequest.PresetEnum.FIGURE_1)
                .inputs(new GridInputs().type(GridInputs.TypeEnum.GRID).points(32))));
        assertThat(small.getName()).as("the title of the preset").startsWith("Figure 1: ");
        assertThat(small.getSpec().getRuns()).as("the value of the preset").isEqualTo(1);
        assertThat(small.getSpec().getSeed()).as("the value of the preset").isEqualTo(1702);
        assertThat(results.getFigureAsSvg(small.getId(), "figure-1", null)).contains("</svg");
        byte[] png = results.getFigureAsPngWithResponseSpec(small.getId(), "figure-1", null)
                .body(byte[].class);
        assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isPositive();
    }

    @Test
    void readsPresets() {
        PresetsApi presets = new PresetsApi(client());
        assertThat(presets.listPresets().getItems())
                .extracting(Preset::getName)
                .containsExactly(
                        "figure-1",
                        "figure-2",
                        "figure-3",
                        "figure-4",
                        "figure-5",
                        "theorem-1",
                        "theorem-2",
                        "theorem-3",
                        "corollary-1");
        assertThat(presets.getPreset("figure-2").getSpec().getRuns()).isEqualTo(20);
    }

    @Test
    void listsWorkers() {
        assertThat(new ServiceApi(client()).listWorkers().getItems())
                .singleElement()
                .satisfies(worker -> assertThat(worker.getState()).isEqualTo(Worker.StateEnum.ACTIVE));
    }

    @Test
    void readsContract() throws IOException {
        assertThat(new ServiceApi(client()).getContractWithResponseSpec().body(byte[].class))
                .asString(StandardCharsets.UTF_8)
                .startsWith("openapi: 3.1");
    }

    @Test
    void followsExperiment() {
        assertThat(experiments.followExperiment(measured.getId(), null))
                .contains("event:state", "\"state\":\"SUCCEEDED\"")
                .endsWith("\n\n");
    }

    @Test
    void listsExperiments() {
        submit(request());
        List<String> names = new ArrayList<>();
        String cursor = null;
        do {
            ExperimentPage page = experiments.listExperiments(
                    List.of(ExperimentState.SUCCEEDED),
                    "OUTSIDE",
                    null,
                    null,
                    measured.getCreatedAt().minusDays(1),
                    1,
                    cursor);
            page.getItems().forEach(item -> names.add(item.getName()));
            cursor = page.getNextCursor();
        } while (cursor != null);
        assertThat(names).hasSizeGreaterThan(1).containsOnly("from outside");
    }

    @Test
    void estimatesCosts() {
        CostEstimate costs = experiments.estimateExperiment(request().runs(12));
        assertThat(costs.getRuns()).isEqualTo(12);
        assertThat(costs.getCells()).isEqualTo(3 * 3);
    }

    @Test
    void repeatedSubmissionReturnsFirst() {
        String key = UUID.randomUUID().toString();
        ResponseEntity<Experiment> first = accepted(request(), key);
        ResponseEntity<Experiment> again = accepted(request(), key);
        assertThat(again.getHeaders().getLocation())
                .isEqualTo(first.getHeaders().getLocation());
        assertThat(again.getHeaders().getFirst("Idempotency-Replayed")).isEqualTo("true");
        assertThat(problem(409, () -> accepted(request().seed(5L), key)).getCode())
                .isEqualTo(ProblemCode.CONFLICT);
    }

    @Test
    void cancelsRetriesAndDeletesExperiment() {
        Experiment slow = submit(new ExperimentRequest()
                .addNetworksItem(new FeedforwardNetwork().family(FeedforwardNetwork.FamilyEnum.FEEDFORWARD))
                .depths(List.of(50))
                .runs(500)
                .statistics(List.of(Statistic.GRADIENT_VARIANCE)));
        String id = slow.getId();
        assertThat(problem(409, () -> experiments.deleteExperiment(id)).getCode())
                .isEqualTo(ProblemCode.CONFLICT);
        assertThat(experiments.cancelExperiment(id).getState())
                .isIn(ExperimentState.CANCELLING, ExperimentState.CANCELLED);
        assertThat(ended(slow).getState()).isEqualTo(ExperimentState.CANCELLED);
        assertThat(experiments.retryExperiment(id).getFinishedAt()).isNull();
        experiments.cancelExperiment(id);
        ended(slow);
        experiments.deleteExperiment(id);
        assertThat(problem(404, () -> experiments.getExperiment(id, null, null)).getCode())
                .isEqualTo(ProblemCode.NOT_FOUND);
    }

    @Test
    void cancelsManyExperiments() {
        List<String> ids = Stream.of(6L, 7L)
                .map(seed -> submit(new ExperimentRequest()
                        .name("one of many")
                        .addNetworksItem(new FeedforwardNetwork().family(FeedforwardNetwork.FamilyEnum.FEEDFORWARD))
                        .depths(List.of(50))
                        .runs(500)
                        .seed(seed)
                        .statistics(List.of(Statistic.GRADIENT_VARIANCE))))
                .map(Experiment::getId)
                .toList();
        Cancelled cancelled = experiments.cancelExperiments(null, "ONE OF MANY", null, null, null);
        assertThat(cancelled.getItems()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(problem(
                                422,
                                InvalidRequestProblem.class,
                                () -> experiments.cancelExperiments(null, null, null, null, null))
                        .getViolations())
                .hasSize(1);
    }

    @Test
    void reportsAllViolations() {
        ExperimentRequest wrong = request().runs(0).addNetworksItem(new HighwayNetwork().width(0));
        InvalidRequestProblem problem = problem(422, InvalidRequestProblem.class, () -> submit(wrong));
        assertThat(problem.getCode()).hasToString("invalid-request");
        assertThat(problem.getViolations())
                .extracting(violation -> violation.getPointer())
                .contains("/runs", "/networks/3/width", "/networks/3/family");
    }
}
