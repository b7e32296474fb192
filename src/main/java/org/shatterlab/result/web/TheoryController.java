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

/** What theory says of a network, without measuring anything. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping("/api/v1/theory")
class TheoryController {

    private static final List<String> COLUMNS =
            List.of("depth", "statistic", "index", "paper", "derived", "infiniteWidth", "note");

    private static final int MAX_WAIT_SECONDS = 5;

    private final NetworkAtInputsReader reader;
    private final DatasetFolder datasets;
    /** Each walk takes a core for up to two seconds, and up to 64 MiB. */
    private final Semaphore walks = new Semaphore(Runtime.getRuntime().availableProcessors(), true);

    TheoryController(NetworkAtInputsReader reader, DatasetFolder datasets) {
        this.reader = reader;
        this.datasets = datasets;
    }

    /**
     * What is predicted at one depth.
     *
     * @param depth L; null for noise
     */
    record TheoryRow(
            @Nullable Integer depth,
            String statistic,
            @Nullable Integer index,
            ResultRow.Predicted predictions) {}

    record TheoryAnswer(ObjectNode network, ObjectNode inputs, List<TheoryRow> items) {}

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<TheoryAnswer> json(HttpServletRequest request) {
        TheoryParameters wanted = TheoryParameters.read(request.getParameterMap(), reader);
        NetworkAtInputs subject = wanted.subject();
        return ResponseEntity.ok()
                .varyBy(HttpHeaders.ACCEPT)
                .body(new TheoryAnswer(subject.networkJson(), subject.inputsJson(), rows(wanted)));
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

    /** Not for ever: requests that wait here are threads that others would be served with. */
    private void requireTurn() {
        boolean granted;
        try {
            granted = walks.tryAcquire(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            granted = false;
        }
        if (!granted) {
            throw new ProblemException(Problem.BUSY, "Others are asking for theory; try again in a second.");
        }
    }

    private List<TheoryRow> rows(TheoryParameters wanted) {
        NetworkAtInputs subject = wanted.subject();
        requireTurn();
        try {
            return Theory.quickRows(
                            subject.network(), subject.inputs(), datasets, subject.depths(), wanted.statistics())
                    .stream()
                    .map(row -> new TheoryRow(
                            row.depth(),
                            row.statistic().apiName(),
                            row.index(),
                            ResultRow.Predicted.of(row.predictions())))
                    .toList();
        } finally {
            walks.release();
        }
    }
}
