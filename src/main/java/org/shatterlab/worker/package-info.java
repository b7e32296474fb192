@NullMarked
package org.shatterlab.worker;

import org.jspecify.annotations.NullMarked;
