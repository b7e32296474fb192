package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
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
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the matrices of an experiment, as JSON, as NumPy files or as PNG images. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping("/api/v1/experiments/{id}/matrices/{network}/{depth}/{matrix}")
class MatrixController {

    private final ExperimentService experiments;
    private final MeasuredMatrices matrices;

    MatrixController(ExperimentService experiments, MeasuredMatrices matrices) {
        this.experiments = experiments;
        this.matrices = matrices;
    }

    /**
     * A matrix.
     *
     * @param rows the number of rows
     * @param columns the number of columns
     * @param runs the number of runs that the matrix is averaged over
     * @param values the values, row by row; null where a value is 0/0
     */
    record MatrixAnswer(int rows, int columns, long runs, List<List<@Nullable Double>> values) {}

    /** A matrix with the experiment, the statistic, the network and the depth that the path names. */
    private record MatrixAtDepth(Experiment experiment, Statistic statistic, NetworkDepth at, AveragedMatrix matrix) {}

    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<MatrixAnswer> json(
            @PathVariable String id,
            @PathVariable String network,
            @PathVariable String depth,
            @PathVariable String matrix,
            HttpServletRequest request) {
        return respond(matrix(find(id, network, depth, matrix, request).matrix()));
    }

    @GetMapping(produces = Npy.TYPE)
    ResponseEntity<byte[]> npy(
            @PathVariable String id,
            @PathVariable String network,
            @PathVariable String depth,
            @PathVariable String matrix,
            HttpServletRequest request) {
        return respond(Npy.write(find(id, network, depth, matrix, request).matrix()));
    }

    @GetMapping(produces = MediaType.IMAGE_PNG_VALUE)
    ResponseEntity<byte[]> png(
            @PathVariable String id,
            @PathVariable String network,
            @PathVariable String depth,
            @PathVariable String matrix,
            HttpServletRequest request) {
        MatrixAtDepth found = find(id, network, depth, matrix, request);
        return respond(Rendering.png(MatrixPlots.draw(
                found.experiment(),
                found.statistic(),
                found.at().network(),
                found.at().depth(),
                found.matrix())));
    }

    private static <T> ResponseEntity<T> respond(T body) {
        return ResponseEntity.ok().varyBy(HttpHeaders.ACCEPT).body(body);
    }

    private MatrixAtDepth find(String id, String network, String depth, String matrix, HttpServletRequest request) {
        QueryParameters.requireNone(request.getParameterMap());
        Experiment experiment = experiments.get(id);
        Statistic statistic = statistic(matrix);
        NetworkDepth at = NetworkDepth.find(experiment, network, depth);
        return matrices.find(experiment, statistic, at.network(), at.depth())
                .map(found -> new MatrixAtDepth(experiment, statistic, at, found))
                .orElseThrow(() -> at.missing(experiment, statistic));
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

    private static MatrixAnswer matrix(AveragedMatrix matrix) {
        int columns = matrix.columns();
        return new MatrixAnswer(
                matrix.rows(),
                columns,
                matrix.runs(),
                IntStream.range(0, matrix.rows())
                        .mapToObj(row -> Arrays.stream(matrix.values(), row * columns, (row + 1) * columns)
                                .<@Nullable Double>mapToObj(value -> Double.isNaN(value) ? null : value)
                                .toList())
                        .toList());
    }
}
