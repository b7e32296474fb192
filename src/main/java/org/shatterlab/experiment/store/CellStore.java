package org.shatterlab.experiment.store;

import java.util.ArrayList;
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
import org.shatterlab.experiment.cell.PredictionKey;
import org.shatterlab.experiment.spec.CellSpecJson;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.LabRevision;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Keeps planned cells, each under the address that it shares with whoever asks for the same. */
@Component
public class CellStore {

    private final CellRepository cells;
    private final CellLinks links;
    private final CostProperties costs;

    CellStore(CellRepository cells, CellLinks links, CostProperties costs) {
        this.cells = cells;
        this.links = links;
        this.costs = costs;
    }

    /**
     * Cells that are stored.
     *
     * @param places theirs in the experiment, not stored; settled where a cell is done already
     * @param cells by fingerprint, locked
     * @param all what they are together
     * @param cached those that are done already
     */
    public record Stored(
            List<CellLinks.Link> places, Map<String, CellEntity> cells, CellTotals all, CellTotals cached) {}

    /**
     * Stores what is missing of some cells, locks all of them, and lets those that failed before be computed again.
     *
     * @param experiment whose cells they are
     * @param from the ordinal of the first
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Stored store(UUID experiment, ExperimentSpec spec, List<PlannedCell> plan, int from) {
        List<CellLinks.NewCell> keyed = plan.stream()
                .map(planned -> key(planned.cell(), spec.device(), spec.cache() ? null : experiment))
                .toList();
        Map<String, CellEntity> stored = store(keyed);
        Set<String> done = stored.values().stream()
                .filter(cell -> cell.state() == CellEntity.State.DONE)
                .map(CellEntity::fingerprint)
                .collect(Collectors.toSet());
        List<CellLinks.Link> places = new ArrayList<>();
        for (int i = 0; i < plan.size(); i++) {
            String fingerprint = keyed.get(i).fingerprint();
            places.add(
                    new CellLinks.Link(from + i, plan.get(i).networkIndex(), fingerprint, done.contains(fingerprint)));
        }
        return new Stored(
                places,
                stored,
                tally(keyed),
                tally(keyed.stream()
                        .filter(cell -> done.contains(cell.fingerprint()))
                        .toList()));
    }

    private static CellTotals tally(List<CellLinks.NewCell> cells) {
        return new CellTotals(
                cells.size(),
                cells.stream().mapToDouble(CellLinks.NewCell::cost).sum());
    }

    /** How many of some cells are not done, storing nothing; each counts once. */
    public int countMissing(ExperimentSpec spec, List<PlannedCell> plan) {
        Set<String> fingerprints = plan.stream()
                .map(planned -> fingerprint(planned.cell(), spec.device(), null))
                .collect(Collectors.toSet());
        return fingerprints.size()
                - (spec.cache() ? links.findDone(fingerprints).size() : 0);
    }

    private Map<String, CellEntity> store(List<CellLinks.NewCell> planned) {
        SortedMap<String, CellLinks.NewCell> sorted = new TreeMap<>();
        planned.forEach(cell -> sorted.put(cell.fingerprint(), cell));
        links.insertMissing(List.copyOf(sorted.values()));
        Map<String, CellEntity> stored = new HashMap<>();
        for (CellEntity cell : cells.lockAll(sorted.keySet())) {
            if (cell.state() == CellEntity.State.FAILED) {
                cell.planAgain();
            }
            stored.put(cell.fingerprint(), cell);
        }
        return stored;
    }

    private CellLinks.NewCell key(CellSpec cell, DeviceClass device, @Nullable UUID nonce) {
        return new CellLinks.NewCell(
                fingerprint(cell, device, nonce),
                PredictionKey.of(cell.network(), cell.inputs(), LabRevision.CURRENT),
                CellSpecJson.write(cell),
                CellCost.of(cell).seconds(costs.workPerSecond(device)));
    }

    /** What a cell is stored under; with a nonce, for one experiment alone. */
    public static String fingerprint(CellSpec cell, DeviceClass device, @Nullable UUID nonce) {
        return CellFingerprint.of(
                cell,
                LabRevision.CURRENT,
                LabRevision.ENGINE,
                device.apiName(),
                nonce == null ? null : nonce.toString());
    }
}
