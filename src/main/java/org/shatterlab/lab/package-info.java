/**
 * The entry to the lab. {@link org.shatterlab.lab.Lab} measures cells, which {@link org.shatterlab.lab.CellSpec}
 * specifies. {@link org.shatterlab.lab.RunMemoryEstimate} estimates their memory. The lab uses neither Spring nor SQL.
 */
@NullMarked
package org.shatterlab.lab;

import org.jspecify.annotations.NullMarked;
