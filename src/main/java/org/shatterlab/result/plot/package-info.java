@NullMarked
package org.shatterlab.result.plot;

import org.jspecify.annotations.NullMarked;
