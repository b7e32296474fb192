/** Controllers for results, comparisons, figures, matrices and theory. */
@NullMarked
package org.shatterlab.result.web;

import org.jspecify.annotations.NullMarked;
