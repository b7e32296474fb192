package org.shatterlab.experiment;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.id.uuid.UuidVersion7Strategy;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.LabRevision;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What a user does with experiments. */
@Service
public class Experiments {

    /** The class of devices that cells are computed on, part of their fingerprints. */
    private static final String DEVICE_CLASS = "cpu";

    private final ExperimentRepository experiments;
    private final CellRepository cells;
    private final CellLinks links;
    private final CellQueue queue;

    Experiments(ExperimentRepository experiments, CellRepository cells, CellLinks links, CellQueue queue) {
        this.experiments = experiments;
        this.cells = cells;
        this.links = links;
        this.queue = queue;
    }

    /**
     * Plans an experiment and queues what of it has not been computed.
     *
     * @param spec valid, as {@link SpecReader} returns it
     */
    @Transactional
    public Experiment submit(ExperimentSpec spec) {
        UUID id = UuidVersion7Strategy.INSTANCE.generateUuid(null);
        List<PlannedCell> plan = CellPlanner.plan(spec);
        List<CellLinks.NewCell> keyed = plan.stream()
                .map(planned -> key(planned.cell(), spec.cache() ? null : id))
                .toList();
        Set<String> done = store(keyed);

        List<CellLinks.Link> planned = new ArrayList<>();
        for (int i = 0; i < plan.size(); i++) {
            String fingerprint = keyed.get(i).fingerprint();
            planned.add(new CellLinks.Link(i, plan.get(i).networkIndex(), fingerprint, done.contains(fingerprint)));
        }
        int cached = (int) planned.stream().filter(CellLinks.Link::settled).count();
        ExperimentEntity experiment =
                experiments.saveAndFlush(new ExperimentEntity(id, spec, planned.size(), cached, Instant.now()));
        links.insert(id, planned);
        queue.refill(experiment);
        return Experiment.of(experiment);
    }

    /**
     * Stores what is missing, locks all of them, and lets those that failed before be computed again.
     *
     * @return the fingerprints of those that are done
     */
    private Set<String> store(List<CellLinks.NewCell> planned) {
        SortedMap<String, CellLinks.NewCell> sorted = new TreeMap<>();
        planned.forEach(cell -> sorted.put(cell.fingerprint(), cell));
        links.insertMissing(List.copyOf(sorted.values()));
        Set<String> done = new HashSet<>();
        for (CellEntity cell : cells.lockAll(sorted.keySet())) {
            switch (cell.state()) {
                case FAILED -> cell.planAgain();
                case DONE -> done.add(cell.fingerprint());
                case PLANNED, QUEUED, RUNNING -> {}
            }
        }
        return done;
    }

    /** What a cell is stored under; with a nonce, for one experiment alone. */
    static CellLinks.NewCell key(CellSpec cell, @Nullable UUID nonce) {
        return new CellLinks.NewCell(
                CellFingerprint.of(
                        cell,
                        LabRevision.CURRENT,
                        LabRevision.ENGINE,
                        DEVICE_CLASS,
                        nonce == null ? null : nonce.toString()),
                PredictionKey.of(cell.network(), cell.inputs(), LabRevision.CURRENT),
                CellJson.write(cell));
    }

    /**
     * An experiment as it is now.
     *
     * @param id as it stands in the experiment's address
     * @throws ProblemException where there is none
     */
    @Transactional(readOnly = true)
    public Experiment get(String id) {
        return experiments.findById(key(id)).map(Experiment::of).orElseThrow(Experiments::notFound);
    }

    static UUID key(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw notFound();
        }
    }

    static ProblemException notFound() {
        return new ProblemException(Problem.NOT_FOUND, "There is no experiment with that id.");
    }

    @Transactional(readOnly = true)
    public boolean isEmpty() {
        return experiments.count() == 0;
    }

    /** What computed the cells that are done. */
    @Transactional(readOnly = true)
    public List<ProvenanceCount> provenance(UUID id) {
        return links.findProvenance(id);
    }
}
