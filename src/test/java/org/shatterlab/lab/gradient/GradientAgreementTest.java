package org.shatterlab.lab.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.lab.ActivationCase;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.input.Inputs;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.RunDraws;
import org.shatterlab.lab.network.SampledNetwork;
import org.shatterlab.lab.network.SkipConnection;

/** Compares three computations of the same gradient: the tangent pass, the adjoint pass and the engine's autograd. */
class GradientAgreementTest {

    private static final int POINTS = 24;
    private static final int WIDTH = 16;

    @BeforeAll
    static void loadEngine() {
        Lab.open(Path.of("target/djl"), new DatasetFolder(Path.of("target/datasets")));
    }

    static Stream<Arguments> cases() {
        List<SkipConnection> skipConnections = List.of(
                new SkipConnection.Feedforward(),
                new SkipConnection.Resnet(1, 1),
                new SkipConnection.Resnet(0.9, 0.1),
                new SkipConnection.Highway(0.3),
                new SkipConnection.ScaledHighway());
        List<Arguments> cases = new ArrayList<>();
        for (SkipConnection skipConnection : skipConnections) {
            for (Normalization normalization : Normalization.values()) {
                var relu = new NetworkSpec.Rectifier(skipConnection, WIDTH, normalization, 0.5);
                for (int depth : new int[] {1, 5, 30}) {
                    for (int dimension : new int[] {1, 7}) {
                        cases.add(Arguments.of(relu, depth, dimension));
                    }
                }
            }
        }
        for (ActivationCase layer : ActivationCase.all()) {
            for (Normalization normalization : Normalization.values()) {
                for (int dimension : new int[] {1, 7}) {
                    SkipConnection skipConnection = skipConnections.get(cases.size() % skipConnections.size());
                    // At larger depths, batch norm of a linear network divides by units that are zero except for
                    // rounding.
                    cases.add(Arguments.of(layer.in(skipConnection, WIDTH, normalization, 0.5), 5, dimension));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void tangentAdjointAndAutogradAgree(NetworkSpec.Rectifier spec, int depth, int dimension) {
        RunDraws draws = new RunDraws(1702, spec, 3);
        try (NDManager manager = NDManager.newBaseManager();
                SampledNetwork network = new SampledNetwork(
                        spec, dimension, List.of(draws), manager, Precision.FLOAT64, DrawSource.HOST)) {
            NDArray x = inputs(manager, dimension);

            AdjointPass.Gradients adjoint = AdjointPass.gradients(network, x.expandDims(0), List.of(depth));
            NDArray autograd = Autograd.inputGradients(new RectifierBlock(network, depth, manager), x);
            double[] tangent = tangent(network, x.expandDims(0), depth);

            double[] adjointInput = adjoint.input().toDoubleArray();
            assertThat(relativeDifference(adjointInput, autograd.toDoubleArray()))
                    .as("adjoint against autograd")
                    .isLessThan(1e-10);
            double[] along = dimension == 1
                    ? adjointInput
                    : adjoint.hidden()
                            .matMul(network.direction().reshape(WIDTH, 1))
                            .toDoubleArray();
            assertThat(relativeDifference(tangent, along))
                    .as("tangent against adjoint")
                    .isLessThan(1e-10);
        }
    }

    static Stream<SkipConnection> skipConnections() {
        return Stream.of(
                new SkipConnection.Feedforward(),
                new SkipConnection.Resnet(1, 1),
                new SkipConnection.Highway(0.3),
                new SkipConnection.ScaledHighway());
    }

    @ParameterizedTest
    @MethodSource("skipConnections")
    void oneAdjointSweepMatchesSeparateSweeps(SkipConnection skipConnection) {
        var spec = new NetworkSpec.Rectifier(skipConnection, WIDTH, Normalization.BATCH_NORM, 0.5);
        List<RunDraws> runs = List.of(new RunDraws(1702, spec, 0), new RunDraws(1702, spec, 1));
        try (NDManager manager = NDManager.newBaseManager();
                SampledNetwork network =
                        new SampledNetwork(spec, 7, runs, manager, Precision.FLOAT64, DrawSource.HOST)) {
            NDArray x = inputs(manager, 7).expandDims(0);
            List<Integer> seen = new ArrayList<>();
            AdjointPass.sweep(network, x, List.of(1, 5, 12), (depth, gradients) -> {
                seen.add(depth);
                NDArray alone =
                        AdjointPass.gradients(network, x, List.of(depth)).input();
                assertThat(relativeDifference(gradients.toDoubleArray(), alone.toDoubleArray()))
                        .isLessThan(1e-12);
            });
            assertThat(seen).containsExactlyInAnyOrder(1, 5, 12);
        }
    }

    private static NDArray inputs(NDManager manager, int dimension) {
        double[][] x = Inputs.of(
                dimension == 1 ? new InputSpec.Grid(-2, 2, POINTS) : new InputSpec.Gaussian(POINTS, dimension, 0));
        double[] flat = Arrays.stream(x).flatMapToDouble(Arrays::stream).toArray();
        return manager.create(flat, new Shape(POINTS, dimension));
    }

    private static double[] tangent(SampledNetwork network, NDArray x, int depth) {
        double[][] result = new double[1][];
        TangentPass.sweep(
                network,
                x,
                List.of(depth),
                (at, t) -> result[0] = t.matMul(network.readout(at)).toDoubleArray());
        return result[0];
    }

    private static double relativeDifference(double[] actual, double[] expected) {
        double scale = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
        }
        assertThat(scale).as("the gradient is not trivially zero").isPositive();
        return difference / scale;
    }
}
