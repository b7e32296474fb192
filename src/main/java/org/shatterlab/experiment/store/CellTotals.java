package org.shatterlab.experiment.store;

/**
 * Some cells of an experiment.
 *
 * @param cells how many
 * @param cost what they were estimated to cost together, in seconds of a core or of a GPU
 */
public record CellTotals(int cells, double cost) {}
