@NullMarked
package org.shatterlab.lab.statistic;

import org.jspecify.annotations.NullMarked;
