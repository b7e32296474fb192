package org.shatterlab.lab.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.RectifierLayer;
import org.shatterlab.lab.network.RectifierLayer.Normalized;
import org.shatterlab.lab.network.RunDraws;
import org.shatterlab.lab.network.SampledNetwork;
import org.shatterlab.lab.network.SkipConnection;

/** Checks that a looks-linear network of 200 layers is linear and keeps the length of every direction. */
class LooksLinearTest {

    private static final int DEPTH = 200;
    private static final int WIDTH = 50;
    private static final int DIMENSION = 7;
    private static final int PAIRS = 16;

    @BeforeAll
    static void loadEngine() {
        Lab.open(Path.of("target/djl"), new DatasetFolder(Path.of("target/datasets")));
    }

    private static SampledNetwork network(String activation, NDManager manager, Precision precision) {
        var spec = new NetworkSpec.Rectifier(
                new SkipConnection.Feedforward(),
                WIDTH,
                Normalization.NONE,
                activation.equals("crelu") ? new Activation.Crelu() : new Activation.Prelu(1),
                Initialization.LOOKS_LINEAR,
                0);
        return new SampledNetwork(
                spec, DIMENSION, List.of(new RunDraws(5, spec, 0)), manager, precision, DrawSource.HOST);
    }

    /** Returns normal values from a seeded generator, which makes the test reproducible. */
    private static NDArray normals(NDManager manager, long seed, int rows, int columns) {
        var random = new Random(seed);
        double[] values = new double[rows * columns];
        Arrays.setAll(values, _ -> random.nextGaussian());
        return manager.create(values, new Shape(rows, columns));
    }

    @ParameterizedTest
    @CsvSource({"crelu, FLOAT32, 1e-5", "crelu, FLOAT64, 1e-13", "prelu, FLOAT32, 1e-5", "prelu, FLOAT64, 1e-13"})
    void mapsSumToSumOfOutputs(String activation, Precision precision, double tolerance) {
        try (NDManager manager = NDManager.newBaseManager();
                SampledNetwork network = network(activation, manager, precision)) {
            NDArray x = normals(manager, 1, PAIRS, DIMENSION).toType(network.type(), false);
            NDArray y = normals(manager, 2, PAIRS, DIMENSION).toType(network.type(), false);
            double[] f = new RectifierBlock(network, DEPTH, manager)
                    .forward(
                            new ParameterStore(manager, false),
                            new NDList(x.concat(y).concat(x.add(y))),
                            false)
                    .singletonOrThrow()
                    .toType(DataType.FLOAT64, false)
                    .toDoubleArray();
            double squares = 0;
            double errors = 0;
            for (int i = 0; i < PAIRS; i++) {
                squares += Math.pow(f[2 * PAIRS + i], 2);
                errors += Math.pow(f[2 * PAIRS + i] - f[i] - f[PAIRS + i], 2);
            }
            assertThat(Math.sqrt(errors / squares)).isLessThan(tolerance);
        }
    }

    @ParameterizedTest
    @CsvSource({"crelu, FLOAT32, 1e-4", "crelu, FLOAT64, 1e-10", "prelu, FLOAT32, 1e-4", "prelu, FLOAT64, 1e-10"})
    void keepsJacobianSingularValuesAtOne(String activation, Precision precision, double tolerance) {
        try (NDManager manager = NDManager.newBaseManager();
                SampledNetwork network = network(activation, manager, precision)) {
            RectifierLayer function = network.layerFunction(DEPTH);
            // All rows have the same hidden state. Row i has the i-th direction of h_0 as its tangent.
            NDArray h =
                    normals(manager, 3, 1, WIDTH).toType(network.type(), false).broadcast(new Shape(WIDTH, WIDTH));
            NDArray t = manager.eye(WIDTH, WIDTH, 0, network.type());
            h = h.expandDims(0);
            t = t.expandDims(0);
            for (int layer = 1; layer <= DEPTH; layer++) {
                Normalized normalized = function.normalize(h, network.spec().normalization());
                NDArray weight = normalized.scale(network.hiddenWeights(layer));
                t = function.join(t, normalized.multiplyBySlope(t), weight);
                h = function.join(h, normalized.rectified(), weight);
            }
            SingularValueDecomposition_F64<DMatrixRMaj> svd =
                    DecompositionFactory_DDRM.svd(WIDTH, WIDTH, false, false, false);
            svd.decompose(new DMatrixRMaj(
                    WIDTH, WIDTH, true, t.toType(DataType.FLOAT64, false).toDoubleArray()));
            assertThat(svd.getSingularValues()).hasSize(WIDTH).satisfies(values -> {
                for (double value : values) {
                    assertThat(value).isCloseTo(1, within(tolerance));
                }
            });
        }
    }
}
