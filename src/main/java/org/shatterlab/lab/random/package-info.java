@NullMarked
package org.shatterlab.lab.random;

import org.jspecify.annotations.NullMarked;
