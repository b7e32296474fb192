@NullMarked
package org.shatterlab;

import org.jspecify.annotations.NullMarked;
