/** Random generators that are seeded by names, on the host and on devices. */
@NullMarked
package org.shatterlab.lab.random;

import org.jspecify.annotations.NullMarked;
