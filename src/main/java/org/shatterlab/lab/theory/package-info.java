/** Predictions of the statistics: the paper's theorems, the paper's assumption, and the limit of infinite width. */
@NullMarked
package org.shatterlab.lab.theory;

import org.jspecify.annotations.NullMarked;
