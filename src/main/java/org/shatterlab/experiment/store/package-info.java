@NullMarked
package org.shatterlab.experiment.store;

import org.jspecify.annotations.NullMarked;
