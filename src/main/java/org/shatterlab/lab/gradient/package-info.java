@NullMarked
package org.shatterlab.lab.gradient;

import org.jspecify.annotations.NullMarked;
