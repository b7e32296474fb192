/**
 * The ground floor of the service: roles, problem documents, query parameters, the clock and the outages of the database,
 * and notifications between processes. This package imports no other package of the service.
 */
@NullMarked
package org.shatterlab.platform;

import org.jspecify.annotations.NullMarked;
