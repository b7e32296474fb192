package org.shatterlab.experiment.store;

import org.jspecify.annotations.Nullable;

/**
 * The progress of an experiment. For an adaptive experiment the cells are the cells of the rounds so far.
 *
 * @param cells the number of cells
 * @param done the number of done cells, with the cached cells
 * @param failed the number of failed cells
 * @param cached the number of cells that were done already when the experiment was submitted or their round was planned
 * @param fraction the fraction of the cells that have ended, from 0 to 1
 * @param etaSeconds the estimated seconds to the end of the cells, at the recent rate; null unless the experiment is
 *     running and a cell has ended
 */
public record Progress(
        int cells,
        int done,
        int failed,
        int cached,
        double fraction,
        @Nullable Double etaSeconds) {}
