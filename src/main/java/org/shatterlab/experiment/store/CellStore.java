package org.shatterlab.experiment.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.cell.CellCost;
import org.shatterlab.experiment.cell.CellFingerprint;
import org.shatterlab.experiment.cell.CellStorage;
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
     * @param all the totals of all cells
     * @param cached the totals of the cells that are done already
     * @param bytes the estimated bytes of all cells in the database
     */
    public record StoredCells(List<CellLink> links, CellTotals all, CellTotals cached, long bytes) {}

    /**
     * Stores missing cells, locks all cells, and lets failed cells be computed again. No cell is loaded as an entity,
     * because Hibernate would compare each of thousands of entities before every statement.
     *
     * @param experiment the experiment of the cells
     * @param firstOrdinal the ordinal of the first cell
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public StoredCells store(UUID experiment, ExperimentSpec spec, List<PlannedCell> plan, int firstOrdinal) {
        List<NewCell> planned = plan.stream()
                .map(cell -> newCell(cell.cell(), spec.device(), spec.cache() ? null : experiment))
                .toList();
        Set<String> done = store(planned);
        List<CellLink> links = new ArrayList<>();
        for (int i = 0; i < plan.size(); i++) {
            String fingerprint = planned.get(i).fingerprint();
            links.add(new CellLink(
                    firstOrdinal + i, plan.get(i).networkIndex(), fingerprint, done.contains(fingerprint)));
        }
        return new StoredCells(
                links,
                totals(planned),
                totals(planned.stream()
                        .filter(cell -> done.contains(cell.fingerprint()))
                        .toList()),
                plan.stream().mapToLong(cell -> CellStorage.bytes(cell.cell())).sum());
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

    /** Stores the cells, and returns the fingerprints of the cells that are done. */
    private Set<String> store(List<NewCell> planned) {
        SortedMap<String, NewCell> sorted = new TreeMap<>();
        planned.forEach(cell -> sorted.put(cell.fingerprint(), cell));
        Collection<NewCell> distinct = sorted.values();
        String[] fingerprints = sorted.keySet().toArray(String[]::new);
        cells.insertMissing(
                fingerprints,
                distinct.stream().map(NewCell::subject).toArray(String[]::new),
                distinct.stream().map(NewCell::spec).toArray(String[]::new),
                distinct.stream().map(NewCell::cost).toArray(Double[]::new));
        cells.planFailed(fingerprints);
        return cells.findDone(fingerprints);
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
