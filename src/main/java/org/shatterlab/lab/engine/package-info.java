@NullMarked
package org.shatterlab.lab.engine;

import org.jspecify.annotations.NullMarked;
