@NullMarked
package org.shatterlab.lab.theory;

import org.jspecify.annotations.NullMarked;
