/** The paper's figures, and matrices, drawn from plain data as SVG and PNG. */
@NullMarked
package org.shatterlab.result.figure;

import org.jspecify.annotations.NullMarked;
