package org.shatterlab.experiment.store;

/**
 * A worker's right to publish a cell. The right ends when another worker leases the cell.
 *
 * @param fingerprint the fingerprint of the cell
 * @param subject the SHA-256 of the cell's network and inputs, under which predictions are stored
 * @param spec the canonical JSON of the cell, as {@code CellSpecJson} writes the JSON
 * @param fencingToken the number of this start of the cell
 */
public record CellLease(String fingerprint, String subject, String spec, long fencingToken) {}
