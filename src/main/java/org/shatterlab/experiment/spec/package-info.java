@NullMarked
package org.shatterlab.experiment.spec;

import org.jspecify.annotations.NullMarked;
