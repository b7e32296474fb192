@NullMarked
package org.shatterlab.result;

import org.jspecify.annotations.NullMarked;
