package org.shatterlab.experiment.cell;

import java.util.Map;
import org.shatterlab.lab.engine.DeviceClass;

/** How much memory a cell may take. */
public interface DeviceMemory {

    /**
     * The most that a worker there is gives to one cell, in bytes, by the class of its devices. A class of which no worker is
     * known is left out.
     */
    Map<DeviceClass, Long> most();
}
