package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.InvalidRequestException;
import org.shatterlab.platform.Role;
import org.shatterlab.platform.Violation;
import org.shatterlab.result.ResultQuery;
import org.shatterlab.result.ResultReader;
import org.shatterlab.result.ResultReader.KeyedRow;
import org.shatterlab.result.ResultRow;
import org.shatterlab.result.inference.Comparison;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Compares two networks row by row. The answer has no pages, because a corrected p-value depends on all rows. */
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
    private final ReadLimits limits;

    ComparisonController(ExperimentService experiments, ResultReader results, ReadLimits limits) {
        this.experiments = experiments;
        this.results = results;
        this.limits = limits;
    }

    /** A compared network, by the id of its experiment and its label. */
    record NetworkReference(UUID experiment, String network) {

        private static NetworkReference of(ComparisonParameters.ComparedNetwork network) {
            return new NetworkReference(
                    network.experiment().id(), network.entry().label());
        }
    }

    /** The answer: the compared networks, the test and its results. */
    record ComparisonAnswer(
            NetworkReference left,
            NetworkReference right,
            String statistic,
            double level,
            List<Comparison.RowComparison> items,
            Comparison.Unmatched unmatched) {}

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ComparisonAnswer> compare(HttpServletRequest request) {
        ComparisonParameters parameters = ComparisonParameters.read(request.getParameterMap(), experiments);
        Comparison comparison = compare(request, parameters);
        return ResponseEntity.ok()
                .varyBy(HttpHeaders.ACCEPT)
                .body(new ComparisonAnswer(
                        NetworkReference.of(parameters.left()),
                        NetworkReference.of(parameters.right()),
                        parameters.statistic().apiName(),
                        parameters.level(),
                        comparison.items(),
                        comparison.unmatched()));
    }

    @GetMapping(produces = Csv.TYPE)
    void csv(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ComparisonParameters parameters = ComparisonParameters.read(request.getParameterMap(), experiments);
        Comparison comparison = compare(request, parameters);
        Csv csv = Csv.start(response, COLUMNS, parameters.forSpreadsheet());
        for (Comparison.RowComparison item : comparison.items()) {
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

    private Comparison compare(HttpServletRequest request, ComparisonParameters parameters) {
        return limits.read(
                request,
                2 * MAX_ROWS,
                () -> Comparison.of(
                        rows(parameters.left().experiment(), parameters.leftRows()),
                        rows(parameters.right().experiment(), parameters.rightRows()),
                        parameters.level()));
    }

    private List<ResultRow> rows(Experiment experiment, ResultQuery query) {
        List<KeyedRow> rows = results.readNext(List.of(experiment), query, MAX_ROWS + 1);
        if (rows.size() > MAX_ROWS) {
            throw new InvalidRequestException(List.of(new Violation(
                    "?depth",
                    null,
                    "must select fewer depths, because a comparison has at most " + MAX_ROWS + " rows")));
        }
        return rows.stream().map(KeyedRow::row).toList();
    }
}
