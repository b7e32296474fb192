package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.shatterlab.result.ResultReader;
import org.shatterlab.result.ResultReader.KeyedRow;
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
    private final RowStreams streams;
    private final ReadLimits limits;

    ResultController(ExperimentService experiments, ResultReader results, RowStreams streams, ReadLimits limits) {
        this.experiments = experiments;
        this.results = results;
        this.streams = streams;
        this.limits = limits;
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
        int limit = page.limit();
        List<KeyedRow> rows =
                limits.read(request, limit + 1, () -> results.readNext(List.of(experiment), page.query(), limit + 1));
        List<ResultRow> items = rows.stream().limit(limit).map(KeyedRow::row).toList();
        String next = rows.size() > limit
                ? ResultParameters.cursor(rows.get(limit - 1).key())
                : null;
        return ResponseEntity.ok().varyBy(HttpHeaders.ACCEPT).body(new ResultPage(items, next));
    }

    @GetMapping(produces = Csv.TYPE)
    void csv(@PathVariable String id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Experiment experiment = experiments.get(id);
        ResultParameters.Stream stream = ResultParameters.stream(experiment.spec(), request.getParameterMap());
        streams.write(request, response, List.of(experiment), stream.query(), false, stream.forSpreadsheet());
    }
}
