package org.shatterlab.experiment.cell;

import org.shatterlab.lab.CellSpec;

/**
 * A cell of an experiment.
 *
 * @param networkIndex which of the experiment's networks it measures, from 0
 * @param cell what is computed; it may be shared with other experiments
 */
public record PlannedCell(int networkIndex, CellSpec cell) {}
