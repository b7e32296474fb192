/**
 * The workers of a process: they take cells from the queue, measure them on the devices, and store the results. The
 * package also sends heartbeats and drains the workers when the process stops.
 */
@NullMarked
package org.shatterlab.worker;

import org.jspecify.annotations.NullMarked;
