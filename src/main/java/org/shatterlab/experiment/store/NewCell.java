package org.shatterlab.experiment.store;

/**
 * A cell to be stored.
 *
 * @param subject the SHA-256 of the cell's network and inputs
 * @param spec the canonical JSON of the cell
 * @param cost the estimated cost, in seconds of a core or of a GPU
 */
public record NewCell(String fingerprint, String subject, String spec, double cost) {}
