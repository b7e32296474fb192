@NullMarked
package org.shatterlab.lab.input;

import org.jspecify.annotations.NullMarked;
