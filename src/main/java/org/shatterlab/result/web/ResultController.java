package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.shatterlab.result.ResultQuery;
import org.shatterlab.result.ResultQuery.RowKey;
import org.shatterlab.result.ResultReader;
import org.shatterlab.result.ResultRow;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the rows of an experiment, as pages of JSON or as one stream of CSV. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping("/api/v1/experiments/{id}/results")
class ResultController {

    private final ExperimentService experiments;
    private final ResultReader results;

    ResultController(ExperimentService experiments, ResultReader results) {
        this.experiments = experiments;
        this.results = results;
    }

    /**
     * A page of rows.
     *
     * @param items the rows of the page
     * @param nextCursor the cursor of the next page; null on the last page
     */
    record ResultPage(List<ResultRow> items, @Nullable String nextCursor) {}

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ResultPage> page(@PathVariable String id, HttpServletRequest request) {
        Experiment experiment = experiments.get(id);
        ResultParameters.Page page = ResultParameters.page(experiment.spec(), request.getParameterMap());
        List<ResultRow> items = new ArrayList<>();
        List<RowKey> keys = new ArrayList<>();
        results.streamRows(experiment, page.query(), (key, row) -> {
            items.add(row);
            keys.add(key);
            return items.size() <= page.limit();
        });
        boolean last = items.size() <= page.limit();
        return ResponseEntity.ok()
                .varyBy(HttpHeaders.ACCEPT)
                .body(
                        last
                                ? new ResultPage(items, null)
                                : new ResultPage(
                                        items.subList(0, page.limit()),
                                        ResultParameters.cursor(keys.get(page.limit() - 1))));
    }

    @GetMapping(produces = Csv.TYPE)
    void csv(@PathVariable String id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Experiment experiment = experiments.get(id);
        ResultQuery query = ResultParameters.stream(experiment.spec(), request.getParameterMap());
        try (RowCsv csv = RowCsv.start(response, false)) {
            results.streamRows(experiment, query, (_, row) -> csv.print(null, row));
            csv.finish();
        }
    }
}
