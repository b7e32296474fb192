package org.shatterlab.lab.network;

/** A distribution of the weights W_l between hidden layers. */
public enum Initialization {
    /** Independent normal weights of variance {@link Activation#heGain} / N, which suits the activation. */
    HE("he"),
    /** Independent normal weights of variance 1/N for every activation. */
    XAVIER("xavier"),
    /**
     * Orthonormal columns from the Haar measure, scaled to the mean square of {@link #HE}. With CReLU, W is 2N x N and
     * W^T W = 2 I. With other activations, W is N x N and W^T W = {@link Activation#heGain} I.
     */
    ORTHOGONAL("orthogonal"),
    /**
     * Weights that make the branch of a layer an orthogonal linear map, so that the network is linear before training.
     * With W^T W = I, the weights are [W; -W] for CReLU and W for PReLU of slope 1. Other activations have no such
     * weights.
     */
    LOOKS_LINEAR("looks-linear");

    private final String apiName;

    Initialization(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }

    /** Returns whether the weights of a layer are independent of each other, so that a device can draw them. */
    public boolean isIndependent() {
        return switch (this) {
            case HE, XAVIER -> true;
            case ORTHOGONAL, LOOKS_LINEAR -> false;
        };
    }

    /** Returns whether this initialisation supports an activation. */
    public boolean supports(Activation activation) {
        return this != LOOKS_LINEAR
                || activation instanceof Activation.Crelu
                || activation.equals(new Activation.Prelu(1));
    }

    /**
     * Returns the number of rows, in units of N, of the matrix with N columns whose QR decomposition yields the
     * weights. The result is 0 if the weights need no decomposition.
     */
    public int decomposedRows(Activation activation) {
        return switch (this) {
            case HE, XAVIER -> 0;
            case ORTHOGONAL -> activation.outputsPerUnit();
            case LOOKS_LINEAR -> 1;
        };
    }
}
