package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.Experiment;
import org.shatterlab.experiment.Experiments;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.shatterlab.result.ResultQuery;
import org.shatterlab.result.ResultQuery.RowKey;
import org.shatterlab.result.ResultRow;
import org.shatterlab.result.Results;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The rows of an experiment, as pages of JSON or as one stream of CSV. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping("/api/v1/experiments/{id}/results")
class ResultController {

    private static final CSVFormat CSV = CSVFormat.RFC4180
            .builder()
            .setHeader(
                    "network",
                    "depth",
                    "statistic",
                    "index",
                    "mean",
                    "standardDeviation",
                    "standardError",
                    "runs",
                    "paper",
                    "derived",
                    "infiniteWidth",
                    "note")
            .get();

    private final Experiments experiments;
    private final Results results;

    ResultController(Experiments experiments, Results results) {
        this.experiments = experiments;
        this.results = results;
    }

    /**
     * A page of rows.
     *
     * @param nextCursor where the next page starts; null on the last
     */
    record ResultPage(List<ResultRow> items, @Nullable String nextCursor) {}

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    ResultPage page(@PathVariable String id, HttpServletRequest request) {
        Experiment experiment = experiments.get(id);
        ResultParameters.Page page = ResultParameters.page(experiment.spec(), request.getParameterMap());
        List<ResultRow> items = new ArrayList<>();
        List<RowKey> keys = new ArrayList<>();
        results.read(experiment, page.query(), (key, row) -> {
            items.add(row);
            keys.add(key);
            return items.size() <= page.limit();
        });
        if (items.size() <= page.limit()) {
            return new ResultPage(items, null);
        }
        return new ResultPage(items.subList(0, page.limit()), ResultParameters.cursor(keys.get(page.limit() - 1)));
    }

    @GetMapping(produces = "text/csv")
    void csv(@PathVariable String id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Experiment experiment = experiments.get(id);
        ResultQuery query = ResultParameters.stream(experiment.spec(), request.getParameterMap());
        response.setContentType("text/csv; charset=utf-8; header=present");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        Writer writer = response.getWriter();
        CSVPrinter printer = CSV.print(writer);
        results.read(experiment, query, (_, row) -> print(printer, row));
        printer.flush();
    }

    private static boolean print(CSVPrinter printer, ResultRow row) {
        ResultRow.Predicted predicted = row.predictions();
        try {
            printer.printRecord(
                    row.network(),
                    row.depth(),
                    row.statistic(),
                    row.index(),
                    row.mean(),
                    row.standardDeviation(),
                    row.standardError(),
                    row.runs(),
                    predicted.paper(),
                    predicted.derived(),
                    predicted.infiniteWidth(),
                    predicted.note());
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
