@NullMarked
package org.shatterlab.lab;

import org.jspecify.annotations.NullMarked;
