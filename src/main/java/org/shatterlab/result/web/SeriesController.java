package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.platform.Role;
import org.shatterlab.result.ResultReader;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Serves the gradient of a network over a grid of inputs, for run 0. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping(path = "/api/v1/experiments/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
class SeriesController {

    private final ExperimentService experiments;
    private final ResultReader results;
    private final Representations representations;
    private final JsonMapper mapper;

    SeriesController(
            ExperimentService experiments, ResultReader results, Representations representations, JsonMapper mapper) {
        this.experiments = experiments;
        this.results = results;
        this.representations = representations;
        this.mapper = mapper;
    }

    /**
     * A gradient over the grid.
     *
     * @param network the label of the network
     * @param depth L; null for noise, which has no depth
     * @param run the number of the run
     * @param x the inputs
     * @param gradient df/dx at each input
     */
    record SeriesAnswer(String network, @Nullable Integer depth, int run, List<Double> x, List<Double> gradient) {}

    @GetMapping("/series/{network}/{depth}")
    void series(
            @PathVariable String id,
            @PathVariable String network,
            @PathVariable String depth,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        QueryParameters parameters = new QueryParameters(request.getParameterMap());
        int run = parameters.integer("run", 0, Integer.MAX_VALUE, 0);
        parameters.requireValid();
        Experiment experiment = experiments.get(id);
        NetworkDepth at = NetworkDepth.find(experiment, network, depth);
        if (run != 0) {
            throw NetworkDepth.notFound("Only the series of run 0 is stored. Use run=0, or omit the parameter.");
        }
        boolean isMeasured =
                at.isMeasured(experiment, Statistic.GRADIENT) || at.isMeasured(experiment, Statistic.OUTER_PRODUCT);
        if (!isMeasured || !(experiment.spec().inputs() instanceof InputSpec.Grid grid)) {
            throw at.missing(experiment, Statistic.GRADIENT);
        }
        Representation.Content content =
                target -> mapper.writeValue(target, answer(experiment, network, at, run, grid));
        representations.send(
                new Representation(
                        experiment,
                        "series/" + at,
                        MediaType.APPLICATION_JSON_VALUE,
                        RepresentationMemory.series(experiment.spec()),
                        content),
                request,
                response);
    }

    private SeriesAnswer answer(Experiment experiment, String network, NetworkDepth at, int run, InputSpec.Grid grid) {
        double[] gradient = results.findSeries(experiment.id(), at.network(), at.depth(), run)
                .orElseThrow(() -> at.missing(experiment, Statistic.GRADIENT));
        return new SeriesAnswer(
                network,
                at.depth() == 0 ? null : at.depth(),
                run,
                Arrays.stream(Inputs.of(grid)).map(x -> x[0]).toList(),
                Arrays.stream(gradient).boxed().toList());
    }
}
