package org.shatterlab.result.web;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.shatterlab.result.ResultQuery;
import org.shatterlab.result.ResultReader;
import org.shatterlab.result.ResultReader.KeyedRow;
import org.shatterlab.result.ResultRow;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the rows of several experiments, one experiment after the other, as pages of JSON or as one stream of CSV. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping("/api/v1/results")
class CombinedResultController {

    private final ExperimentService experiments;
    private final ResultReader results;
    private final RowStreams streams;
    private final ReadLimits limits;

    CombinedResultController(
            ExperimentService experiments, ResultReader results, RowStreams streams, ReadLimits limits) {
        this.experiments = experiments;
        this.results = results;
        this.streams = streams;
        this.limits = limits;
    }

    /** A row of one of the experiments. */
    record CombinedRow(UUID experiment, @JsonUnwrapped ResultRow row) {}

    /**
     * A page of rows.
     *
     * @param items the rows of the page
     * @param nextCursor the cursor of the next page; null on the last page
     */
    record CombinedPage(List<CombinedRow> items, @Nullable String nextCursor) {}

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<CombinedPage> page(HttpServletRequest request) {
        CombinedParameters parameters = CombinedParameters.page(request.getParameterMap(), experiments);
        int limit = parameters.limit();
        ResultQuery query = parameters.query().startAfter(parameters.after());
        List<KeyedRow> rows =
                limits.read(request, limit + 1, () -> results.readNext(parameters.experiments(), query, limit + 1));
        List<CombinedRow> items = rows.stream()
                .limit(limit)
                .map(row -> new CombinedRow(row.experiment(), row.row()))
                .toList();
        String next = rows.size() > limit ? cursor(rows.get(limit - 1)) : null;
        return ResponseEntity.ok().varyBy(HttpHeaders.ACCEPT).body(new CombinedPage(items, next));
    }

    private static String cursor(KeyedRow last) {
        return CombinedParameters.cursor(last.experiment(), last.key());
    }

    @GetMapping(produces = Csv.TYPE)
    void csv(HttpServletRequest request, HttpServletResponse response) throws IOException {
        CombinedParameters parameters = CombinedParameters.stream(request.getParameterMap(), experiments);
        streams.write(
                request, response, parameters.experiments(), parameters.query(), true, parameters.forSpreadsheet());
    }
}
