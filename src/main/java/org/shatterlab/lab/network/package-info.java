@NullMarked
package org.shatterlab.lab.network;

import org.jspecify.annotations.NullMarked;
