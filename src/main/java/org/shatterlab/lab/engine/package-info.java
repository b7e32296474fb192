/**
 * The ground floor of the lab: precision, device classes, sources of draws, cancellation, failures and the revision of
 * the lab. This package imports no other package of the service.
 */
@NullMarked
package org.shatterlab.lab.engine;

import org.jspecify.annotations.NullMarked;
