package org.shatterlab.lab.network;

/** What is done to each unit's pre-activations over the batch before its rectifier. */
public enum Normalization {
    NONE("none"),
    /** Subtracts the unit's mean over the batch. */
    MEAN_CENTERING("mean-centering"),
    /** Subtracts the unit's mean and divides by its standard deviation over the batch (variance + 1e-5, biased). */
    BATCH_NORM("batch-norm");

    private final String apiName;

    Normalization(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }
}
