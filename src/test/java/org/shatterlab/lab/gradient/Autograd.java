package org.shatterlab.lab.gradient;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;

/** Computes gradients with the engine's reverse-mode differentiation. */
final class Autograd {

    private Autograd() {}

    /**
     * Returns df_i / dx_i for every input.
     *
     * <p>The method sums the outputs before it differentiates them. An output must therefore depend on no other
     * example's input.
     *
     * <p>The engine has one gradient collector per process, so calls from several threads wait for each other.
     *
     * @param block a block that maps inputs of shape (M, d) to outputs of shape (M)
     * @param x the inputs, shape (M, d)
     * @return an array of shape (M, d) that belongs to the manager of {@code x}
     */
    static synchronized NDArray inputGradients(Block block, NDArray x) {
        try (NDManager pass = x.getManager().newSubManager()) {
            NDArray leaf = x.duplicate();
            leaf.attach(pass);
            leaf.setRequiresGradient(true);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray output = block.forward(new ParameterStore(pass, false), new NDList(leaf), true)
                        .singletonOrThrow();
                collector.backward(output.sum());
            }
            NDArray gradient = leaf.getGradient().duplicate();
            gradient.attach(x.getManager());
            return gradient;
        }
    }
}
