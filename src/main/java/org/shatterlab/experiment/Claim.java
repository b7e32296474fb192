package org.shatterlab.experiment;

/**
 * A worker's right to publish a cell, which ends when another worker claims the cell.
 *
 * @param fingerprint the cell's
 * @param subject the fingerprint of network and inputs, by which predictions are stored
 * @param spec what to compute, as {@link CellJson} writes it
 * @param fence the number of this start of the cell
 */
public record Claim(String fingerprint, String subject, String spec, long fence) {}
