package org.shatterlab.experiment.store;

/**
 * A cell of an experiment.
 *
 * @param ordinal its place among the cells of the experiment, from 0
 * @param network the number of the network that the cell measures, from 0
 * @param settled whether the experiment counts the cell among its done or failed cells
 */
public record CellLink(int ordinal, int network, String fingerprint, boolean settled) {}
