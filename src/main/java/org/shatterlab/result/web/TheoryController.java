package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.NetworkAtInputs;
import org.shatterlab.experiment.spec.NetworkAtInputsReader;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.theory.Theory;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.shatterlab.platform.request.RequestBudget;
import org.shatterlab.result.ResultRow;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Serves the predictions of theory for a network, without measurements. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping("/api/v1/theory")
class TheoryController {

    private static final List<String> COLUMNS =
            List.of("depth", "statistic", "index", "paper", "derived", "infiniteWidth", "note");

    private static final int MAX_COMPUTATIONS = Math.clamp(Runtime.getRuntime().availableProcessors() - 1L, 1, 2);

    private static final Duration MAX_WAIT = Duration.ofSeconds(1);

    private final NetworkAtInputsReader reader;
    private final DatasetFolder datasets;

    /**
     * Limits concurrent computations. Each computation takes a core for up to two seconds, and up to 64 MiB of memory.
     * One core stays free for other requests, and tokens take turns.
     */
    private final RequestBudget computed = new RequestBudget(
            "predictions are computed", MAX_COMPUTATIONS, Math.ceilDiv(MAX_COMPUTATIONS, 2), MAX_WAIT);

    TheoryController(NetworkAtInputsReader reader, DatasetFolder datasets) {
        this.reader = reader;
        this.datasets = datasets;
    }

    /**
     * The predictions for one statistic at one depth.
     *
     * @param depth L; null for noise, which has no depth
     * @param statistic the API name of the statistic
     * @param index the index of the row; null for a statistic with a single value
     * @param predictions the predicted values
     */
    record TheoryRow(
            @Nullable Integer depth,
            String statistic,
            @Nullable Integer index,
            ResultRow.Predicted predictions) {}

    /** The answer: the network and the inputs with all their fields, and the predictions. */
    record TheoryAnswer(ObjectNode network, ObjectNode inputs, List<TheoryRow> items) {}

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<TheoryAnswer> json(HttpServletRequest request) {
        TheoryParameters parameters = TheoryParameters.read(request.getParameterMap(), reader);
        NetworkAtInputs subject = parameters.subject();
        return ResponseEntity.ok()
                .varyBy(HttpHeaders.ACCEPT)
                .body(new TheoryAnswer(subject.networkJson(), subject.inputsJson(), rows(request, parameters)));
    }

    @GetMapping(produces = Csv.TYPE)
    void csv(HttpServletRequest request, HttpServletResponse response) throws IOException {
        TheoryParameters parameters = TheoryParameters.read(request.getParameterMap(), reader);
        List<TheoryRow> rows = rows(request, parameters);
        Csv csv = Csv.start(response, COLUMNS, parameters.forSpreadsheet());
        for (TheoryRow row : rows) {
            ResultRow.Predicted predicted = row.predictions();
            csv.printRecord(
                    row.depth(),
                    row.statistic(),
                    row.index(),
                    predicted.paper(),
                    predicted.derived(),
                    predicted.infiniteWidth(),
                    predicted.note());
        }
        csv.flush();
    }

    private List<TheoryRow> rows(HttpServletRequest request, TheoryParameters parameters) {
        NetworkAtInputs subject = parameters.subject();
        try (RequestBudget.Permit _ = computed.acquire(request)) {
            return Theory.quickRows(
                            subject.network(), subject.inputs(), datasets, subject.depths(), parameters.statistics())
                    .stream()
                    .map(row -> new TheoryRow(
                            row.depth(),
                            row.statistic().apiName(),
                            row.index(),
                            ResultRow.Predicted.of(row.predictions())))
                    .toList();
        }
    }
}
