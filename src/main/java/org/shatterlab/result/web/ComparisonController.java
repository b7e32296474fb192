package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.commons.csv.CSVPrinter;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.InvalidRequestException;
import org.shatterlab.platform.Role;
import org.shatterlab.platform.Violation;
import org.shatterlab.result.ResultQuery;
import org.shatterlab.result.ResultReader;
import org.shatterlab.result.ResultRow;
import org.shatterlab.result.inference.Comparison;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether the rows of two networks differ. There are no pages: a row's corrected p-value depends on all of them. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping("/api/v1/comparisons")
class ComparisonController {

    private static final int MAX_ROWS = 20_000;

    private static final List<String> COLUMNS = List.of(
            "depth",
            "index",
            "leftMean",
            "leftStandardError",
            "leftRuns",
            "rightMean",
            "rightStandardError",
            "rightRuns",
            "difference",
            "standardError",
            "lower",
            "upper",
            "pValue",
            "adjustedPValue",
            "different",
            "note");

    private final ExperimentService experiments;
    private final ResultReader results;

    ComparisonController(ExperimentService experiments, ResultReader results) {
        this.experiments = experiments;
        this.results = results;
    }

    /** A network of an experiment. */
    record Compared(UUID experiment, String network) {

        private static Compared of(ComparisonParameters.Side side) {
            return new Compared(side.experiment().id(), side.entry().label());
        }
    }

    /** What was compared, and how it came out. */
    record Answer(
            Compared left,
            Compared right,
            String statistic,
            double level,
            List<Comparison.Item> items,
            Comparison.Unmatched unmatched) {}

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Answer> compare(HttpServletRequest request) {
        ComparisonParameters wanted = ComparisonParameters.read(request.getParameterMap(), experiments);
        Comparison comparison = compare(wanted);
        return ResponseEntity.ok()
                .varyBy(HttpHeaders.ACCEPT)
                .body(new Answer(
                        Compared.of(wanted.left()),
                        Compared.of(wanted.right()),
                        wanted.statistic().apiName(),
                        wanted.level(),
                        comparison.items(),
                        comparison.unmatched()));
    }

    @GetMapping(produces = Csv.TYPE)
    void csv(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Comparison comparison = compare(ComparisonParameters.read(request.getParameterMap(), experiments));
        CSVPrinter csv = Csv.start(response, COLUMNS);
        for (Comparison.Item item : comparison.items()) {
            csv.printRecord(
                    item.depth(),
                    item.index(),
                    item.left().mean(),
                    item.left().standardError(),
                    item.left().runs(),
                    item.right().mean(),
                    item.right().standardError(),
                    item.right().runs(),
                    item.difference(),
                    item.standardError(),
                    item.lower(),
                    item.upper(),
                    item.pValue(),
                    item.adjustedPValue(),
                    item.different(),
                    item.note());
        }
        csv.flush();
    }

    private Comparison compare(ComparisonParameters wanted) {
        return Comparison.of(
                rows(wanted.left().experiment(), wanted.leftRows()),
                rows(wanted.right().experiment(), wanted.rightRows()),
                wanted.level());
    }

    private List<ResultRow> rows(Experiment experiment, ResultQuery query) {
        List<ResultRow> rows = new ArrayList<>();
        results.read(experiment, query, (_, row) -> {
            rows.add(row);
            return rows.size() <= MAX_ROWS;
        });
        if (rows.size() > MAX_ROWS) {
            throw new InvalidRequestException(List.of(new Violation(
                    "?depth", null, "must choose fewer depths: a comparison has at most " + MAX_ROWS + " rows")));
        }
        return rows;
    }
}
