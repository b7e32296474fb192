/** The Spring Boot application. Each package below this one has its own responsibility. */
@NullMarked
package org.shatterlab;

import org.jspecify.annotations.NullMarked;
