package org.shatterlab.experiment.store;

/**
 * A worker's right to publish a cell, which ends when another worker claims the cell.
 *
 * @param fingerprint the cell's
 * @param subject the fingerprint of network and inputs, by which predictions are stored
 * @param spec what to compute, as {@code CellSpecJson} writes it
 * @param fence the number of this start of the cell
 */
public record CellLease(String fingerprint, String subject, String spec, long fence) {}
