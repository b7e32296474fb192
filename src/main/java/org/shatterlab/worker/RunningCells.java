package org.shatterlab.worker;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.shatterlab.experiment.store.CellLease;

/** The cells that this process computes now, and the word to stop. */
class RunningCells {

    private final Set<Cell> cells = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;
    private volatile boolean halted;

    /** A cell that is computed; equal to no other. */
    final class Cell implements AutoCloseable {

        private final CellLease claim;
        private volatile boolean stopped;

        private Cell(CellLease claim) {
            this.claim = claim;
        }

        /** Whether its result is of no use any more. */
        boolean isStopped() {
            return stopped || halted;
        }

        @Override
        public void close() {
            cells.remove(this);
        }
    }

    /** Begins with a cell; it ends when it is closed. */
    Cell begin(CellLease claim) {
        Cell cell = new Cell(claim);
        cells.add(cell);
        return cell;
    }

    List<CellLease> claims() {
        return cells.stream().map(cell -> cell.claim).toList();
    }

    /** Stops the cells of some claims. */
    void stop(Collection<CellLease> claims) {
        cells.stream().filter(cell -> claims.contains(cell.claim)).forEach(cell -> cell.stopped = true);
    }

    /** No cell is to begin any more. */
    void drain() {
        draining = true;
    }

    boolean isDraining() {
        return draining;
    }

    /** Stops all cells, those too that begin yet. */
    void halt() {
        halted = true;
    }
}
