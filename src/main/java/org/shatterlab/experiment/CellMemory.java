package org.shatterlab.experiment;

import java.util.OptionalLong;

/** How much memory a cell may take. */
interface CellMemory {

    /** The most that a worker there is gives to one cell, in bytes; empty while no worker is known, and nothing is refused. */
    OptionalLong most();
}
