package org.shatterlab.lab;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.Statistic;

class ActivitySamplerTest {

    private static final CellSpec CELL = new CellSpec(
            new NetworkSpec.Rectifier(new SkipConnection.Feedforward(), 3, Normalization.NONE, 1),
            new InputSpec.Grid(-2, 2, 2),
            List.of(1),
            Set.of(Statistic.ACTIVATION_RATE, Statistic.ACTIVITY_RASTER),
            Precision.FLOAT32,
            DrawSource.HOST,
            1,
            0,
            1);

    @BeforeAll
    static void loadEngine() {
        Lab.open(Path.of("target/djl"), new DatasetFolder(Path.of("target/datasets")));
    }

    /**
     * Returns an array that behaves like an array of a GPU. All arrays computed from the result behave likewise.
     *
     * @param copies the copies on the host; each read access adds a copy that lives with the array's manager
     */
    private static NDArray onDevice(NDArray array, List<NDManager> copies) {
        return (NDArray) Proxy.newProxyInstance(
                NDArray.class.getClassLoader(), new Class<?>[] {NDArray.class}, (_, method, arguments) -> {
                    if (method.getReturnType().isArray()) {
                        copies.add(array.getManager().newSubManager());
                    }
                    Object result = method.invoke(array, arguments);
                    return result instanceof NDArray next ? onDevice(next, copies) : result;
                });
    }

    @Test
    void freesHostCopiesAfterEachLayer() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray preActivations = manager.create(new float[] {1, -1, 2, -2, 3, -3}, new Shape(2, 3));
            List<NDManager> copies = new ArrayList<>();
            new ActivitySampler(CELL).recordLayer(1, onDevice(preActivations, copies));
            assertThat(copies).hasSize(2).noneMatch(NDManager::isOpen);
        }
    }
}
