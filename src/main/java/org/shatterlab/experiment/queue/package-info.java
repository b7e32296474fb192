/**
 * The queue of cells: the window of each experiment, the rounds of adaptive experiments, leases and results of cells,
 * and the registry of workers.
 */
@NullMarked
package org.shatterlab.experiment.queue;

import org.jspecify.annotations.NullMarked;
