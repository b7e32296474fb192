package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.NetworkAtInputs;
import org.shatterlab.experiment.spec.NetworkAtInputsReader;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.theory.Theory;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.shatterlab.platform.Role;
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

    private static final int MAX_WAIT_SECONDS = 5;

    private final NetworkAtInputsReader reader;
    private final DatasetFolder datasets;

    /**
     * Limits concurrent computations. Each computation takes a core for up to two seconds, and up to 64 MiB of memory.
     */
    private final Semaphore permits = new Semaphore(Runtime.getRuntime().availableProcessors(), true);

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
                .body(new TheoryAnswer(subject.networkJson(), subject.inputsJson(), rows(parameters)));
    }

    @GetMapping(produces = Csv.TYPE)
    void csv(HttpServletRequest request, HttpServletResponse response) throws IOException {
        List<TheoryRow> rows = rows(TheoryParameters.read(request.getParameterMap(), reader));
        CSVPrinter csv = Csv.start(response, COLUMNS);
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

    /**
     * Acquires a permit for one computation. The wait is limited, because a waiting request holds a thread that other
     * requests need.
     *
     * @throws ProblemException if no permit becomes free in time
     */
    private void acquirePermit() {
        boolean granted;
        try {
            granted = permits.tryAcquire(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            granted = false;
        }
        if (!granted) {
            throw new ProblemException(
                    Problem.BUSY, "All cores are busy with other theory requests. Retry in a second.");
        }
    }

    private List<TheoryRow> rows(TheoryParameters parameters) {
        NetworkAtInputs subject = parameters.subject();
        acquirePermit();
        try {
            return Theory.quickRows(
                            subject.network(), subject.inputs(), datasets, subject.depths(), parameters.statistics())
                    .stream()
                    .map(row -> new TheoryRow(
                            row.depth(),
                            row.statistic().apiName(),
                            row.index(),
                            ResultRow.Predicted.of(row.predictions())))
                    .toList();
        } finally {
            permits.release();
        }
    }
}
