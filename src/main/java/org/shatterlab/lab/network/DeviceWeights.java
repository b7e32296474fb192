package org.shatterlab.lab.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.shatterlab.lab.random.DeviceNormals;

/**
 * Draws the weights of a hidden layer on a device.
 *
 * <p>One draw always covers {@value RunDraws#RUNS_PER_DEVICE_DRAW} runs, even if only some of them are needed.
 * Therefore a run has the same weights in every batch, and a GPU makes fewer draws than runs.
 */
final class DeviceWeights {

    private DeviceWeights() {}

    /**
     * Draws normal weights, shape (R, rows, columns).
     *
     * @param runs R runs
     * @param layer l, from 1
     * @param shape the shape (rows, columns) of one run's weights
     * @param manager a manager of the device; closes the array
     */
    static NDArray draw(
            List<RunDraws> runs, int layer, double standardDeviation, Shape shape, DataType type, NDManager manager) {
        NDArray weights = manager.create(new Shape(runs.size()).addAll(shape), type);
        Shape together = new Shape(RunDraws.RUNS_PER_DEVICE_DRAW).addAll(shape);
        int to;
        for (int from = 0; from < runs.size(); from = to) {
            to = endOfDraw(runs, from);
            RunDraws first = runs.get(from);
            String name = first.sharedDrawName(RunDraws.DrawPurpose.HIDDEN_WEIGHT, layer);
            int row = first.indexInSharedDraw();
            try (NDArray draw = DeviceNormals.named(name, standardDeviation, together, type, manager);
                    NDArray needed = draw.get(rows(row, row + to - from))) {
                weights.set(rows(from, to), needed);
            }
        }
        return weights;
    }

    /** Returns the exclusive end of the runs from an index on that are consecutive in one draw. */
    private static int endOfDraw(List<RunDraws> runs, int from) {
        int to = from + 1;
        while (to < runs.size() && runs.get(to).followsInSharedDraw(runs.get(to - 1))) {
            to++;
        }
        return to;
    }

    private static NDIndex rows(int from, int to) {
        return new NDIndex("{}:{}", from, to);
    }
}
