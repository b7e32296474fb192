@NullMarked
package org.shatterlab.experiment;

import org.jspecify.annotations.NullMarked;
