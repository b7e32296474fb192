/** The statistics of gradients and activity, and the moments of the statistics, which can be merged over runs. */
@NullMarked
package org.shatterlab.lab.statistic;

import org.jspecify.annotations.NullMarked;
