package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.spec.Runs;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.shatterlab.result.inference.StoppingReport;
import org.shatterlab.result.inference.StoppingReport.KeyedStoppingRow;
import org.shatterlab.result.inference.StoppingRow;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the precision of the rows of an adaptive experiment, and the reason why the runs of each row stopped. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping(path = "/api/v1/experiments/{id}/stopping", produces = MediaType.APPLICATION_JSON_VALUE)
class StoppingController {

    private final ExperimentService experiments;
    private final StoppingReport stopping;
    private final ReadLimits limits;

    StoppingController(ExperimentService experiments, StoppingReport stopping, ReadLimits limits) {
        this.experiments = experiments;
        this.stopping = stopping;
        this.limits = limits;
    }

    /**
     * A page of rows.
     *
     * @param items the rows of the page
     * @param nextCursor the cursor of the next page; null on the last page
     */
    record StoppingPage(List<StoppingRow> items, @Nullable String nextCursor) {}

    @GetMapping
    StoppingPage page(@PathVariable String id, HttpServletRequest request) {
        Experiment experiment = experiments.get(id);
        return switch (experiment.spec().runs()) {
            case Runs.Adaptive runs ->
                page(
                        request,
                        experiment,
                        runs,
                        ResultParameters.pageOf(runs.statistic(), experiment.spec(), request.getParameterMap()));
            case Runs.Fixed(int count) ->
                throw NetworkDepth.notFound("The experiment has a fixed number of " + count
                        + " runs. Submit an experiment whose \"runs\" state a precision.");
        };
    }

    private StoppingPage page(
            HttpServletRequest request, Experiment experiment, Runs.Adaptive runs, ResultParameters.Page page) {
        int limit = page.limit();
        List<KeyedStoppingRow> rows =
                limits.read(request, limit + 1, () -> stopping.read(experiment, runs, page.query(), limit + 1));
        List<StoppingRow> items =
                rows.stream().limit(limit).map(KeyedStoppingRow::row).toList();
        String next = rows.size() > limit
                ? ResultParameters.cursor(rows.get(limit - 1).key())
                : null;
        return new StoppingPage(items, next);
    }
}
