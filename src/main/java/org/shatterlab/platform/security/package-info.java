/** Access control of the HTTP API: bearer tokens, their scopes, CORS, and the security headers of answers. */
@NullMarked
package org.shatterlab.platform.security;

import org.jspecify.annotations.NullMarked;
