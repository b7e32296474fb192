@NullMarked
package org.shatterlab.experiment.cell;

import org.jspecify.annotations.NullMarked;
