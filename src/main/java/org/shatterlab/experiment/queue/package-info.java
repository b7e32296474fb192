@NullMarked
package org.shatterlab.experiment.queue;

import org.jspecify.annotations.NullMarked;
