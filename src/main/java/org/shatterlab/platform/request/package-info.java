/**
 * The connections and requests of the HTTP server: connectors, the limits of headers and bodies, and budgets of requests
 * that run at a time.
 */
@NullMarked
package org.shatterlab.platform.request;

import org.jspecify.annotations.NullMarked;
