package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
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

    private static final String SVG = "image/svg+xml";

    private final ExperimentService experiments;
    private final PaperFigures figures;
    private final Representations representations;

    FigureController(ExperimentService experiments, PaperFigures figures, Representations representations) {
        this.experiments = experiments;
        this.figures = figures;
        this.representations = representations;
    }

    /** Writes a figure in one format. */
    @FunctionalInterface
    private interface FigureWriter {
        void write(Figure figure, OutputStream target) throws IOException;
    }

    @GetMapping(path = "/{name}.svg", produces = SVG)
    void svg(
            @PathVariable String id,
            @PathVariable String name,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        send(id, name, SVG + ";charset=UTF-8", Rendering::writeSvg, request, response);
    }

    @GetMapping(path = "/{name}.png", produces = MediaType.IMAGE_PNG_VALUE)
    void png(
            @PathVariable String id,
            @PathVariable String name,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        send(id, name, MediaType.IMAGE_PNG_VALUE, Rendering::writePng, request, response);
    }

    private void send(
            String id,
            String name,
            String type,
            FigureWriter writer,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        QueryParameters.requireNone(request.getParameterMap());
        Experiment experiment = experiments.get(id);
        PaperFigure figure = figure(name);
        figure.reasonNotDrawable(experiment.spec()).ifPresent(reason -> {
            throw NetworkDepth.notFound(reason);
        });
        Representation.Content content = target -> writer.write(
                figures.draw(experiment, figure).orElseThrow(() -> NetworkDepth.notMeasured(experiment)), target);
        representations.send(
                new Representation(
                        experiment,
                        "figures/" + name,
                        type,
                        RepresentationMemory.figure(experiment.spec(), figure),
                        content),
                request,
                response);
    }

    private static PaperFigure figure(String name) {
        return Arrays.stream(PaperFigure.values())
                .filter(known -> known.apiName().equals(name))
                .findFirst()
                .orElseThrow(() -> NetworkDepth.notFound("The figure does not exist. The figures are "
                        + String.join(
                                ", ",
                                Arrays.stream(PaperFigure.values())
                                        .map(PaperFigure::apiName)
                                        .toList())
                        + "."));
    }
}
