/**
 * Cells as values: the planner, the fingerprint, the cost estimate, and the admission of a specification to the
 * workers. This package does not access the database.
 */
@NullMarked
package org.shatterlab.experiment.cell;

import org.jspecify.annotations.NullMarked;
