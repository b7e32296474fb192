package org.shatterlab.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.CellResult;
import org.shatterlab.lab.statistic.Estimate;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.theory.PredictedRow;
import org.shatterlab.lab.theory.Prediction;
import org.shatterlab.lab.theory.Theory;

/** Compares measurements with the limit of infinite width, for every activation and initialisation. */
class LayerTheoryTest {

    private static final DatasetFolder DATASETS = new DatasetFolder(Path.of("target/datasets"));
    private static final int WIDTH = 200;
    private static final int RUNS = 30;
    private static final long SEED = 21;
    private static final Set<Statistic> STATISTICS =
            EnumSet.of(Statistic.GRADIENT_VARIANCE, Statistic.GRADIENT_CORRELATION);

    private static Lab lab;

    @BeforeAll
    static void open() {
        lab = Lab.open(Path.of("target/djl"), DATASETS);
    }

    static Stream<Arguments> networks() {
        List<SkipConnection> skipConnections = List.of(
                new SkipConnection.Feedforward(), new SkipConnection.Resnet(0.9, 0.7), new SkipConnection.Highway(0.6));
        List<InputSpec> inputs = List.of(new InputSpec.Grid(-2, 2, 24), new InputSpec.Gaussian(24, 50, 1));
        List<Arguments> cases = new ArrayList<>();
        List<ActivationCase> layers = ActivationCase.all();
        for (int i = 0; i < layers.size(); i++) {
            for (DrawSource draws : sources(layers.get(i))) {
                cases.add(Arguments.of(
                        layers.get(i), skipConnections.get(0), Normalization.NONE, inputs.get(i % 2), draws));
                cases.add(Arguments.of(
                        layers.get(i), skipConnections.get(i % 3), Normalization.MEAN_CENTERING, inputs.get(0), draws));
            }
        }
        return cases.stream();
    }

    private static List<DrawSource> sources(ActivationCase layer) {
        return layer.initialization().isIndependent() ? List.of(DrawSource.values()) : List.of(DrawSource.HOST);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void agreesWithInfiniteWidth(
            ActivationCase layer,
            SkipConnection skipConnection,
            Normalization normalization,
            InputSpec inputs,
            DrawSource draws) {
        NetworkSpec network = layer.in(skipConnection, WIDTH, normalization, 0.7);
        List<Integer> depths = List.of(1, 4);
        CellResult measured =
                lab.measure(new CellSpec(network, inputs, depths, STATISTICS, Precision.FLOAT32, draws, SEED, 0, RUNS));

        List<PredictedRow> predicted = Theory.rows(network, inputs, DATASETS, depths, STATISTICS);

        assertThat(predicted).hasSize(4);
        for (PredictedRow row : predicted) {
            int depth = Objects.requireNonNull(row.depth());
            double theory = value(row.predictions().infiniteWidth());
            Estimate estimate = measured.rows().stream()
                    .filter(other -> other.statistic() == row.statistic() && Objects.equals(other.depth(), depth))
                    .findFirst()
                    .orElseThrow()
                    .moments()
                    .estimate();
            double error = Objects.requireNonNull(estimate.standardError());
            assertThat(estimate.mean())
                    .as("%s at depth %d, seed %d", row.statistic(), depth, SEED)
                    .isCloseTo(theory, within(4 * error + 4.0 * depth / WIDTH * Math.abs(theory) + 0.002));
        }
    }

    private static double value(Prediction prediction) {
        return switch (prediction) {
            case Prediction.Value(double value) -> value;
            case Prediction.None(String reason) -> throw new AssertionError(reason);
        };
    }
}
