/** Tests and confidence intervals for merged results. */
@NullMarked
package org.shatterlab.result.inference;

import org.jspecify.annotations.NullMarked;
