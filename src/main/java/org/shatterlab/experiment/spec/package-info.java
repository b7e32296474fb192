/**
 * Specifications of experiments: the JSON readers and writers, the limits, the presets and the violations. This package
 * accesses neither the database nor the workers.
 */
@NullMarked
package org.shatterlab.experiment.spec;

import org.jspecify.annotations.NullMarked;
