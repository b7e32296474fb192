package org.shatterlab.experiment.cell;

import org.shatterlab.lab.CellSpec;

/**
 * A cell of an experiment.
 *
 * @param networkIndex the index of the network that the cell measures, from 0
 * @param cell the specification of the computation, which other experiments may share
 */
public record PlannedCell(int networkIndex, CellSpec cell) {}
