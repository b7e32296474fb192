package org.shatterlab.lab.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.shatterlab.lab.random.DeviceNormals;

/**
 * The weights of a hidden layer where a device draws them: those of {@value RunDraws#DRAWN_TOGETHER} runs in one draw,
 * whichever of them are needed, so that a run has the same weights whatever is computed with it, and a GPU fewer draws
 * than runs.
 */
final class DeviceWeights {

    private DeviceWeights() {}

    /**
     * Normal weights, shape (R, rows, columns).
     *
     * @param runs R of them
     * @param layer l, from 1
     * @param shape of a run's weights, (rows, columns)
     * @param manager of the device, which the array is closed with
     */
    static NDArray drawn(
            List<RunDraws> runs, int layer, double standardDeviation, Shape shape, DataType type, NDManager manager) {
        NDArray weights = manager.create(new Shape(runs.size()).addAll(shape), type);
        Shape together = new Shape(RunDraws.DRAWN_TOGETHER).addAll(shape);
        int to;
        for (int from = 0; from < runs.size(); from = to) {
            to = endOfDraw(runs, from);
            RunDraws first = runs.get(from);
            String name = first.nameTogether(RunDraws.Role.HIDDEN_WEIGHT, layer);
            int row = first.placeTogether();
            try (NDArray draw = DeviceNormals.named(name, standardDeviation, together, type, manager);
                    NDArray needed = draw.get(rows(row, row + to - from))) {
                weights.set(rows(from, to), needed);
            }
        }
        return weights;
    }

    /** Where the runs end that stand one after the other in one draw. */
    private static int endOfDraw(List<RunDraws> runs, int from) {
        int to = from + 1;
        while (to < runs.size() && runs.get(to).follows(runs.get(to - 1))) {
            to++;
        }
        return to;
    }

    private static NDIndex rows(int from, int to) {
        return new NDIndex("{}:{}", from, to);
    }
}
