/** Collects the data of the paper's figures and of matrix plots from an experiment's results. */
@NullMarked
package org.shatterlab.result.figure;

import org.jspecify.annotations.NullMarked;
