/**
 * The ground floor of the service: roles, problem documents, query parameters, request limits, the clock of the
 * database and notifications between processes. This package imports no other package of the service.
 */
@NullMarked
package org.shatterlab.platform;

import org.jspecify.annotations.NullMarked;
