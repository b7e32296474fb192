/** The database tables of experiments and cells: entities, repositories, queries and progress. */
@NullMarked
package org.shatterlab.experiment.store;

import org.jspecify.annotations.NullMarked;
