/** The passes through a network that compute gradients: tangents, adjoints and convolutions. */
@NullMarked
package org.shatterlab.lab.gradient;

import org.jspecify.annotations.NullMarked;
