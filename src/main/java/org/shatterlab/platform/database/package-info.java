/**
 * An embedded PostgreSQL server for an installation without a configured database. The server keeps its data in the
 * data folder of the service. The server does not run if {@code spring.datasource.url} is set, or if the application
 * has connection details or a data source.
 */
@NullMarked
package org.shatterlab.platform.database;

import org.jspecify.annotations.NullMarked;
