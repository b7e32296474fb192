/** Who may use the HTTP API: bearer tokens, their scopes, and what an answer tells browsers. */
@NullMarked
package org.shatterlab.platform.security;

import org.jspecify.annotations.NullMarked;
