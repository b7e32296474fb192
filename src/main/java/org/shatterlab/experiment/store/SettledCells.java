package org.shatterlab.experiment.store;

import java.util.UUID;

/**
 * The cells of an experiment that have just ended.
 *
 * @param cells how many links of the experiment the cells have
 * @param network the number of the network that the first of the cells measures
 * @param cost the estimated cost of the cells, in seconds of a core or of a GPU
 * @param running other cells of the experiment that are being computed, with the part of their cost that is spent
 */
public record SettledCells(
        UUID experiment, String fingerprint, int cells, int network, double cost, CellTotals running) {

    /** Adds up two groups. The sum has the network, the fingerprint and the running cells of this group. */
    public SettledCells plus(SettledCells other) {
        return new SettledCells(experiment, fingerprint, cells + other.cells, network, cost + other.cost, running);
    }
}
