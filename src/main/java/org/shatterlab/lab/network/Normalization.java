package org.shatterlab.lab.network;

/** A normalisation of each unit's pre-activations over the batch, before the unit's rectifier. */
public enum Normalization {
    NONE("none"),
    /** Subtracts the unit's mean over the batch. */
    MEAN_CENTERING("mean-centering"),
    /** Subtracts the unit's mean over the batch, then divides by the square root of the biased variance plus 1e-5. */
    BATCH_NORM("batch-norm");

    private final String apiName;

    Normalization(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }
}
