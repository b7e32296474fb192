@NullMarked
package org.shatterlab.result.inference;

import org.jspecify.annotations.NullMarked;
