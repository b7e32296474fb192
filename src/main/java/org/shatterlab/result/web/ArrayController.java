package org.shatterlab.result.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.Experiment;
import org.shatterlab.experiment.Experiments;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.lab.statistic.Matrices;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.platform.Role;
import org.shatterlab.result.Results;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Matrices over pairs of inputs, and the gradient over the inputs. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping(path = "/api/v1/experiments/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
class ArrayController {

    private final Experiments experiments;
    private final Results results;

    ArrayController(Experiments experiments, Results results) {
        this.experiments = experiments;
        this.results = results;
    }

    /**
     * A gradient over the grid.
     *
     * @param depth L; null for noise
     * @param x the inputs
     * @param gradient df/dx at each of them
     */
    record Series(String network, @Nullable Integer depth, int run, List<Double> x, List<Double> gradient) {}

    /**
     * A matrix.
     *
     * @param values row by row; null where a correlation is 0/0
     */
    record Matrix(int rows, int columns, List<List<@Nullable Double>> values) {}

    @GetMapping("/series/{network}/{depth}")
    Series series(
            @PathVariable String id,
            @PathVariable String network,
            @PathVariable String depth,
            HttpServletRequest request) {
        QueryParameters parameters = new QueryParameters(request.getParameterMap());
        int run = parameters.integer("run", 0, Integer.MAX_VALUE, 0);
        parameters.requireValid();
        Experiment experiment = experiments.get(id);
        NetworkDepth at = NetworkDepth.find(experiment, network, depth);
        if (run != 0) {
            throw NetworkDepth.notFound("Only the series of run 0 is kept.");
        }
        double[] gradient = results.series(experiment.id(), at.network(), at.depth(), run)
                .orElseThrow(() -> NetworkDepth.missing(experiment, Statistic.GRADIENT));
        return new Series(
                network,
                at.depth() == 0 ? null : at.depth(),
                run,
                Arrays.stream(Inputs.of(experiment.spec().inputs()))
                        .map(x -> x[0])
                        .toList(),
                Arrays.stream(gradient).boxed().toList());
    }

    @GetMapping("/matrices/{network}/{depth}/covariance")
    Matrix covariance(@PathVariable String id, @PathVariable String network, @PathVariable String depth) {
        return matrix(covariance(id, network, depth, Statistic.COVARIANCE));
    }

    @GetMapping("/matrices/{network}/{depth}/correlation")
    Matrix correlation(@PathVariable String id, @PathVariable String network, @PathVariable String depth) {
        return matrix(Matrices.correlation(covariance(id, network, depth, Statistic.CORRELATION)));
    }

    @GetMapping("/matrices/{network}/{depth}/outer-product")
    Matrix outerProduct(@PathVariable String id, @PathVariable String network, @PathVariable String depth) {
        Experiment experiment = experiments.get(id);
        NetworkDepth at = NetworkDepth.find(experiment, network, depth);
        return matrix(results.series(experiment.id(), at.network(), at.depth(), 0)
                .filter(_ -> experiment.spec().statistics().contains(Statistic.OUTER_PRODUCT))
                .map(Matrices::outerProduct)
                .orElseThrow(() -> NetworkDepth.missing(experiment, Statistic.OUTER_PRODUCT)));
    }

    private double[] covariance(String id, String network, String depth, Statistic statistic) {
        Experiment experiment = experiments.get(id);
        NetworkDepth at = NetworkDepth.find(experiment, network, depth);
        return results.covariance(experiment.id(), at.network(), at.depth())
                .filter(_ -> experiment.spec().statistics().contains(statistic))
                .orElseThrow(() -> NetworkDepth.missing(experiment, statistic));
    }

    private static Matrix matrix(double[] values) {
        int size = (int) Math.sqrt(values.length);
        return new Matrix(
                size,
                size,
                IntStream.range(0, size)
                        .mapToObj(row -> Arrays.stream(values, row * size, (row + 1) * size)
                                .<@Nullable Double>mapToObj(value -> Double.isNaN(value) ? null : value)
                                .toList())
                        .toList());
    }
}
