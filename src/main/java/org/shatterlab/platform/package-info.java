@NullMarked
package org.shatterlab.platform;

import org.jspecify.annotations.NullMarked;
