package org.shatterlab.worker;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.shatterlab.experiment.store.CellLease;

/** The cells that this process computes now. Individual cells or all of them can be stopped. Thread-safe. */
class RunningCells {

    private final Set<RunningCell> cells = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;
    private volatile boolean halted;

    /** One execution of a cell. Closing it removes it from the running cells. */
    final class RunningCell implements AutoCloseable {

        private final CellLease lease;
        private volatile boolean stopped;

        private RunningCell(CellLease lease) {
            this.lease = lease;
        }

        /** Returns whether the result is no longer needed. */
        boolean isStopped() {
            return stopped || halted;
        }

        @Override
        public void close() {
            cells.remove(this);
        }
    }

    /** Adds a cell that starts now. The caller must close the returned cell. */
    RunningCell begin(CellLease lease) {
        RunningCell cell = new RunningCell(lease);
        cells.add(cell);
        return cell;
    }

    List<CellLease> leases() {
        return cells.stream().map(cell -> cell.lease).toList();
    }

    /** Stops the cells of these leases. */
    void stop(Collection<CellLease> leases) {
        cells.stream().filter(cell -> leases.contains(cell.lease)).forEach(cell -> cell.stopped = true);
    }

    /** Forbids that further cells start. */
    void drain() {
        draining = true;
    }

    boolean isDraining() {
        return draining;
    }

    /** Stops all cells, including cells that start later. */
    void halt() {
        halted = true;
    }
}
