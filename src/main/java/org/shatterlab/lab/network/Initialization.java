package org.shatterlab.lab.network;

/** How the weights W_l between hidden layers are drawn. */
public enum Initialization {
    /** Independent normal weights whose variance suits the activation: {@link Activation#heGain} / N. */
    HE("he"),
    /** Independent normal weights of variance 1/N, whatever the activation. */
    XAVIER("xavier"),
    /**
     * Orthonormal columns from the Haar measure, scaled so that weights have the mean square of {@link #HE}. Under CReLU
     * the 2N x N matrix W has W^T W = 2 I; otherwise W is N x N and W^T W = {@link Activation#heGain} I.
     */
    ORTHOGONAL("orthogonal"),
    /**
     * The same function as an orthogonal matrix W without any activation, so that the whole network is linear before it
     * is trained: [W; -W] under CReLU, W under PReLU of slope 1, and meaningless elsewhere. W^T W = I.
     */
    LOOKS_LINEAR("looks-linear");

    private final String apiName;

    Initialization(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }

    /** Whether the weights of a layer are independent of each other, so that a device can draw them. */
    public boolean isIndependent() {
        return switch (this) {
            case HE, XAVIER -> true;
            case ORTHOGONAL, LOOKS_LINEAR -> false;
        };
    }

    /** Whether there are such weights for an activation. */
    public boolean suits(Activation activation) {
        return this != LOOKS_LINEAR
                || activation instanceof Activation.Crelu
                || activation.equals(new Activation.Prelu(1));
    }

    /** How many rows, in units of N, the matrix of N columns has whose QR decomposition weights are; 0 where they are drawn. */
    public int decomposedRows(Activation activation) {
        return switch (this) {
            case HE, XAVIER -> 0;
            case ORTHOGONAL -> activation.outputsPerUnit();
            case LOOKS_LINEAR -> 1;
        };
    }
}
