package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.platform.Role;
import org.shatterlab.result.AveragedMatrix;
import org.shatterlab.result.MeasuredMatrices;
import org.shatterlab.result.Npy;
import org.shatterlab.result.figure.MatrixPlots;
import org.shatterlab.result.plot.Rendering;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Serves the matrices of an experiment, as JSON, as NumPy files or as PNG images. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping("/api/v1/experiments/{id}/matrices/{network}/{depth}/{matrix}")
class MatrixController {

    private final ExperimentService experiments;
    private final MeasuredMatrices matrices;
    private final Representations representations;
    private final JsonMapper mapper;

    MatrixController(
            ExperimentService experiments,
            MeasuredMatrices matrices,
            Representations representations,
            JsonMapper mapper) {
        this.experiments = experiments;
        this.matrices = matrices;
        this.representations = representations;
        this.mapper = mapper;
    }

    /**
     * A matrix.
     *
     * @param rows the number of rows
     * @param columns the number of columns
     * @param runs the number of runs that the matrix is averaged over
     * @param values the values, row by row; null where a value is 0/0 or leaves the range of float64
     */
    record MatrixAnswer(int rows, int columns, long runs, List<List<@Nullable Double>> values) {}

    /** The experiment, the statistic, the network and the depth that a path names. */
    private record MatrixPath(Experiment experiment, Statistic statistic, NetworkDepth at) {}

    /** Writes a matrix in one format. */
    @FunctionalInterface
    private interface MatrixWriter {
        void write(MatrixPath path, AveragedMatrix matrix, OutputStream target) throws IOException;
    }

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    void json(
            @PathVariable String id,
            @PathVariable String network,
            @PathVariable String depth,
            @PathVariable String matrix,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        MatrixWriter writer = (_, found, target) -> mapper.writeValue(target, answer(found));
        send(find(id, network, depth, matrix, request), MediaType.APPLICATION_JSON_VALUE, writer, request, response);
    }

    @GetMapping(produces = Npy.TYPE)
    void npy(
            @PathVariable String id,
            @PathVariable String network,
            @PathVariable String depth,
            @PathVariable String matrix,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        MatrixWriter writer = (_, found, target) -> target.write(Npy.write(found));
        send(find(id, network, depth, matrix, request), Npy.TYPE, writer, request, response);
    }

    @GetMapping(produces = MediaType.IMAGE_PNG_VALUE)
    void png(
            @PathVariable String id,
            @PathVariable String network,
            @PathVariable String depth,
            @PathVariable String matrix,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        MatrixWriter writer = (path, found, target) -> Rendering.writePng(
                MatrixPlots.draw(
                        path.experiment(),
                        path.statistic(),
                        path.at().network(),
                        path.at().depth(),
                        found),
                target);
        send(find(id, network, depth, matrix, request), MediaType.IMAGE_PNG_VALUE, writer, request, response);
    }

    private void send(
            MatrixPath path, String type, MatrixWriter writer, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        Experiment experiment = path.experiment();
        NetworkDepth at = path.at();
        Representation.Content content = target -> writer.write(
                path,
                matrices.find(experiment, path.statistic(), at.network(), at.depth())
                        .orElseThrow(() -> at.missing(experiment, path.statistic())),
                target);
        representations.send(
                new Representation(
                        experiment,
                        String.join(
                                "/", "matrices", at.toString(), path.statistic().apiName()),
                        type,
                        RepresentationMemory.matrix(experiment.spec(), at.network(), path.statistic()),
                        content),
                request,
                response);
    }

    private MatrixPath find(String id, String network, String depth, String matrix, HttpServletRequest request) {
        QueryParameters.requireNone(request.getParameterMap());
        Experiment experiment = experiments.get(id);
        Statistic statistic = statistic(matrix);
        NetworkDepth at = NetworkDepth.find(experiment, network, depth);
        if (!at.isMeasured(experiment, statistic)) {
            throw at.missing(experiment, statistic);
        }
        return new MatrixPath(experiment, statistic, at);
    }

    private static Statistic statistic(String name) {
        List<Statistic> matrices = Arrays.stream(Statistic.values())
                .filter(statistic -> statistic.kind() == Statistic.Kind.MATRIX)
                .toList();
        return matrices.stream()
                .filter(statistic -> statistic.apiName().equals(name))
                .findFirst()
                .orElseThrow(() -> NetworkDepth.notFound("The matrix does not exist. The matrices are "
                        + String.join(
                                ", ", matrices.stream().map(Statistic::apiName).toList())
                        + "."));
    }

    private static MatrixAnswer answer(AveragedMatrix matrix) {
        return new MatrixAnswer(matrix.rows(), matrix.columns(), matrix.runs(), new AbstractList<>() {
            // The rows are made one by one while they are written, because boxed values take much memory.
            @Override
            public List<@Nullable Double> get(int row) {
                int start = row * matrix.columns();
                return Arrays.stream(matrix.values(), start, start + matrix.columns())
                        .<@Nullable Double>mapToObj(value -> Double.isFinite(value) ? value : null)
                        .toList();
            }

            @Override
            public int size() {
                return matrix.rows();
            }
        });
    }
}
