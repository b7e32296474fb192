package org.shatterlab.experiment.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.Presets;
import org.shatterlab.experiment.store.ExperimentQueries;
import org.shatterlab.experiment.store.ExperimentQueries.ListPosition;
import org.shatterlab.experiment.store.ExperimentSummary;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists the experiments, the newest first. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping(path = "/api/v1/experiments", produces = MediaType.APPLICATION_JSON_VALUE)
class ExperimentListController {

    private final ExperimentQueries list;
    private final Presets presets;

    ExperimentListController(ExperimentQueries list, Presets presets) {
        this.list = list;
        this.presets = presets;
    }

    /**
     * A page of experiments.
     *
     * @param nextCursor the opaque start of the next page; null on the last page
     */
    record ExperimentPage(
            List<ExperimentSummaryResponse> items, @Nullable String nextCursor) {}

    @GetMapping
    ExperimentPage list(HttpServletRequest request) {
        ExperimentListParameters parameters = ExperimentListParameters.of(presets, request.getParameterMap());
        List<ExperimentSummary> found = list.find(parameters.filter(), parameters.after(), parameters.limit() + 1);
        List<ExperimentSummaryResponse> items = found.stream()
                .limit(parameters.limit())
                .map(experiment -> ExperimentSummaryResponse.of(experiment, request.getContextPath()))
                .toList();
        if (found.size() <= parameters.limit()) {
            return new ExperimentPage(items, null);
        }
        ExperimentSummary last = found.get(parameters.limit() - 1);
        return new ExperimentPage(
                items, ExperimentListParameters.cursor(new ListPosition(last.createdAt(), last.id())));
    }
}
