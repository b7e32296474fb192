/** Tests of the whole service over HTTP, against a running service with a database of its own. */
@NullMarked
package org.shatterlab.service;

import org.jspecify.annotations.NullMarked;
