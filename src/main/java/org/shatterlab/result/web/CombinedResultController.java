package org.shatterlab.result.web;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.shatterlab.result.ResultQuery.RowKey;
import org.shatterlab.result.ResultReader;
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

    CombinedResultController(ExperimentService experiments, ResultReader results) {
        this.experiments = experiments;
        this.results = results;
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
        return ResponseEntity.ok().varyBy(HttpHeaders.ACCEPT).body(page(parameters));
    }

    private CombinedPage page(CombinedParameters parameters) {
        int limit = parameters.limit();
        List<CombinedRow> items = new ArrayList<>();
        List<RowKey> keys = new ArrayList<>();
        results.streamCombinedRows(
                parameters.experiments(), parameters.query().startAfter(parameters.after()), (experiment, key, row) -> {
                    items.add(new CombinedRow(experiment, row));
                    keys.add(key);
                    return items.size() <= limit;
                });
        if (items.size() > limit) {
            String next = CombinedParameters.cursor(items.get(limit - 1).experiment(), keys.get(limit - 1));
            return new CombinedPage(items.subList(0, limit), next);
        }
        return new CombinedPage(items, null);
    }

    @GetMapping(produces = Csv.TYPE)
    void csv(HttpServletRequest request, HttpServletResponse response) throws IOException {
        CombinedParameters parameters = CombinedParameters.stream(request.getParameterMap(), experiments);
        try (RowCsv csv = RowCsv.start(response, true)) {
            results.streamCombinedRows(
                    parameters.experiments(), parameters.query(), (experiment, _, row) -> csv.print(experiment, row));
            csv.finish();
        }
    }
}
