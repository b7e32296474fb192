package org.shatterlab.lab;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.DatasetFolder;

class PrecisionTest {

    private static final int SIZE = 10_000;

    @BeforeAll
    static void loadEngine() {
        Lab.open(Path.of("target/djl"), new DatasetFolder(Path.of("target/datasets")));
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void keepsArrayAfterSourceIsCollected(Precision precision) {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<NDArray> arrays = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                double[] values = new double[SIZE];
                Arrays.fill(values, i);
                arrays.add(precision.array(manager, values, new Shape(SIZE)));
            }
            List<ByteBuffer> others = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                System.gc();
                others.add(ByteBuffer.allocateDirect(SIZE * Double.BYTES));
            }
            assertThat(others).hasSize(50);
            for (int i = 0; i < arrays.size(); i++) {
                assertThat(arrays.get(i).toType(DataType.FLOAT64, false).toDoubleArray())
                        .containsOnly(i);
            }
        }
    }
}
