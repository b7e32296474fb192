package org.shatterlab.experiment.cell;

import java.util.Map;
import org.shatterlab.lab.engine.DeviceClass;

/** The memory that the present workers offer to a cell. */
public interface DeviceMemory {

    /**
     * Returns for each class of devices the memory that the largest known worker gives to one cell, in bytes. A class
     * without a known worker has no entry.
     */
    Map<DeviceClass, Long> most();
}
