/** Merges, stores and reads the results of cells. */
@NullMarked
package org.shatterlab.result;

import org.jspecify.annotations.NullMarked;
