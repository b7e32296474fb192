/**
 * Specifications of random networks, networks with sampled weights, and the layer functions of all passes. The package
 * defines activations, normalisations, initialisations and skip connections.
 */
@NullMarked
package org.shatterlab.lab.network;

import org.jspecify.annotations.NullMarked;
