/** Tests of the Helm chart. */
@NullMarked
package org.shatterlab.helm;

import org.jspecify.annotations.NullMarked;
