package org.shatterlab.experiment.store;

/**
 * The number and the cost of some cells of an experiment.
 *
 * @param cells the number of cells
 * @param cost their estimated cost together, in seconds of a core or of a GPU
 */
public record CellTotals(int cells, double cost) {}
