package org.shatterlab.experiment.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.cell.CellCost;
import org.shatterlab.experiment.cell.CellFingerprint;
import org.shatterlab.experiment.cell.CostProperties;
import org.shatterlab.experiment.cell.PlannedCell;
import org.shatterlab.experiment.cell.SubjectHash;
import org.shatterlab.experiment.spec.CellSpecJson;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.LabRevision;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Stores planned cells. Experiments that ask for the same cell share one row under the fingerprint of the cell. */
@Component
public class CellStore {

    private final CellRepository cells;
    private final CostProperties costs;

    CellStore(CellRepository cells, CostProperties costs) {
        this.cells = cells;
        this.costs = costs;
    }

    /**
     * Cells that are stored.
     *
     * @param links the links of the experiment to the cells, not stored yet. Links to done cells are settled.
     * @param cells the locked cells by fingerprint
     * @param all the totals of all cells
     * @param cached the totals of the cells that are done already
     */
    public record StoredCells(List<CellLink> links, Map<String, CellEntity> cells, CellTotals all, CellTotals cached) {}

    /**
     * Stores missing cells, locks all cells, and lets failed cells be computed again.
     *
     * @param experiment the experiment of the cells
     * @param firstOrdinal the ordinal of the first cell
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public StoredCells store(UUID experiment, ExperimentSpec spec, List<PlannedCell> plan, int firstOrdinal) {
        List<NewCell> planned = plan.stream()
                .map(cell -> newCell(cell.cell(), spec.device(), spec.cache() ? null : experiment))
                .toList();
        Map<String, CellEntity> stored = store(planned);
        Set<String> done = stored.values().stream()
                .filter(cell -> cell.state() == CellEntity.CellState.DONE)
                .map(CellEntity::fingerprint)
                .collect(Collectors.toSet());
        List<CellLink> links = new ArrayList<>();
        for (int i = 0; i < plan.size(); i++) {
            String fingerprint = planned.get(i).fingerprint();
            links.add(new CellLink(
                    firstOrdinal + i, plan.get(i).networkIndex(), fingerprint, done.contains(fingerprint)));
        }
        return new StoredCells(
                links,
                stored,
                totals(planned),
                totals(planned.stream()
                        .filter(cell -> done.contains(cell.fingerprint()))
                        .toList()));
    }

    private static CellTotals totals(List<NewCell> cells) {
        return new CellTotals(
                cells.size(), cells.stream().mapToDouble(NewCell::cost).sum());
    }

    /** Counts the distinct cells of a plan that are not done. Nothing is stored. */
    public int countMissing(ExperimentSpec spec, List<PlannedCell> plan) {
        Set<String> fingerprints = plan.stream()
                .map(planned -> fingerprint(planned.cell(), spec.device(), null))
                .collect(Collectors.toSet());
        return fingerprints.size()
                - (spec.cache()
                        ? cells.findDone(fingerprints.toArray(String[]::new)).size()
                        : 0);
    }

    private Map<String, CellEntity> store(List<NewCell> planned) {
        SortedMap<String, NewCell> sorted = new TreeMap<>();
        planned.forEach(cell -> sorted.put(cell.fingerprint(), cell));
        Collection<NewCell> distinct = sorted.values();
        cells.insertMissing(
                distinct.stream().map(NewCell::fingerprint).toArray(String[]::new),
                distinct.stream().map(NewCell::subject).toArray(String[]::new),
                distinct.stream().map(NewCell::spec).toArray(String[]::new),
                distinct.stream().map(NewCell::cost).toArray(Double[]::new));
        Map<String, CellEntity> stored = new HashMap<>();
        for (CellEntity cell : cells.lockAll(sorted.keySet())) {
            if (cell.state() == CellEntity.CellState.FAILED) {
                cell.planAgain();
            }
            stored.put(cell.fingerprint(), cell);
        }
        return stored;
    }

    private NewCell newCell(CellSpec cell, DeviceClass device, @Nullable UUID nonce) {
        return new NewCell(
                fingerprint(cell, device, nonce),
                SubjectHash.of(cell.network(), cell.inputs(), LabRevision.CURRENT),
                CellSpecJson.write(cell),
                CellCost.of(cell).seconds(costs.workPerSecond(device)));
    }

    /**
     * Returns the fingerprint under which a cell is stored.
     *
     * @param nonce the experiment that does not share its cells; null for shared cells
     */
    public static String fingerprint(CellSpec cell, DeviceClass device, @Nullable UUID nonce) {
        return CellFingerprint.of(
                cell,
                LabRevision.CURRENT,
                LabRevision.ENGINE,
                device.apiName(),
                nonce == null ? null : nonce.toString());
    }
}
