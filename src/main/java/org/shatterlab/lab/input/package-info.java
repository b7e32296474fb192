/** Specifications of inputs, the points that they describe, and the reader of image data sets. */
@NullMarked
package org.shatterlab.lab.input;

import org.jspecify.annotations.NullMarked;
