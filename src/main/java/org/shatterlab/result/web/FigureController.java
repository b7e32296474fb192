package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.spec.PaperFigure;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.platform.Role;
import org.shatterlab.result.figure.PaperFigures;
import org.shatterlab.result.plot.Figure;
import org.shatterlab.result.plot.Rendering;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the paper's figures of an experiment, as SVG or PNG. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping("/api/v1/experiments/{id}/figures")
class FigureController {

    private final ExperimentService experiments;
    private final PaperFigures figures;

    FigureController(ExperimentService experiments, PaperFigures figures) {
        this.experiments = experiments;
        this.figures = figures;
    }

    @GetMapping(path = "/{name}.svg", produces = "image/svg+xml")
    String svg(@PathVariable String id, @PathVariable String name, HttpServletRequest request) {
        return Rendering.svg(figure(id, name, request));
    }

    @GetMapping(path = "/{name}.png", produces = MediaType.IMAGE_PNG_VALUE)
    byte[] png(@PathVariable String id, @PathVariable String name, HttpServletRequest request) {
        return Rendering.png(figure(id, name, request));
    }

    private Figure figure(String id, String name, HttpServletRequest request) {
        QueryParameters.requireNone(request.getParameterMap());
        Experiment experiment = experiments.get(id);
        PaperFigure figure = Arrays.stream(PaperFigure.values())
                .filter(known -> known.apiName().equals(name))
                .findFirst()
                .orElseThrow(() -> NetworkDepth.notFound("The figure does not exist. The figures are "
                        + String.join(
                                ", ",
                                Arrays.stream(PaperFigure.values())
                                        .map(PaperFigure::apiName)
                                        .toList())
                        + "."));
        figure.reasonNotDrawable(experiment.spec()).ifPresent(reason -> {
            throw NetworkDepth.notFound(reason);
        });
        return figures.draw(experiment, figure).orElseThrow(() -> NetworkDepth.notMeasured(experiment));
    }
}
