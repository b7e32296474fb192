/**
 * The database of an installation that was given none: a PostgreSQL server of its own, with its data in the user's
 * folder. With {@code spring.datasource.url} set, or connection details or a data source in the application, nothing of
 * this runs.
 */
@NullMarked
package org.shatterlab.platform.database;

import org.jspecify.annotations.NullMarked;
