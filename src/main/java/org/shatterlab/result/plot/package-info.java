/** Draws figures and matrices from plain data, as SVG and PNG. */
@NullMarked
package org.shatterlab.result.plot;

import org.jspecify.annotations.NullMarked;
