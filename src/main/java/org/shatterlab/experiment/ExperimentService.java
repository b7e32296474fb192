package org.shatterlab.experiment;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.hibernate.id.uuid.UuidVersion7Strategy;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.cell.CellPlanner;
import org.shatterlab.experiment.cell.PlannedCell;
import org.shatterlab.experiment.queue.AdaptiveRounds;
import org.shatterlab.experiment.queue.CellQueue;
import org.shatterlab.experiment.queue.QueueCapacity;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.Runs;
import org.shatterlab.experiment.store.CellLinks;
import org.shatterlab.experiment.store.CellStore;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.experiment.store.ExperimentEntity;
import org.shatterlab.experiment.store.ExperimentList;
import org.shatterlab.experiment.store.ExperimentRepository;
import org.shatterlab.experiment.store.ExperimentState;
import org.shatterlab.experiment.store.ProvenanceCount;
import org.shatterlab.experiment.store.SpecCache;
import org.shatterlab.platform.DatabaseClock;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionOperations;

/** What a user does with experiments. */
@Service
public class ExperimentService {

    /** Of how many experiments it is kept what computed them. */
    private static final int MAX_CACHED_PROVENANCES = 1000;

    private final ExperimentRepository experiments;
    private final ExperimentList list;
    private final SpecCache specs;
    private final CellStore cells;
    private final CellLinks links;
    private final QueueCapacity openCells;
    private final CellQueue queue;
    private final AdaptiveRounds rounds;
    private final TransactionOperations transactions;
    private final DatabaseClock clock;
    private final Cache<UUID, Known> provenances =
            Caffeine.newBuilder().maximumSize(MAX_CACHED_PROVENANCES).build();

    ExperimentService(
            ExperimentRepository experiments,
            ExperimentList list,
            SpecCache specs,
            CellStore cells,
            CellLinks links,
            QueueCapacity openCells,
            CellQueue queue,
            AdaptiveRounds rounds,
            TransactionOperations transactions,
            DatabaseClock clock) {
        this.experiments = experiments;
        this.list = list;
        this.specs = specs;
        this.cells = cells;
        this.links = links;
        this.openCells = openCells;
        this.queue = queue;
        this.rounds = rounds;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * What computed the cells of an experiment that were done, which are always the same where they are so many.
     *
     * @param second in which it was read: while others are computed clients may ask whenever one of them ends, and each time
     *     all of them are gone through
     */
    private record Known(List<ProvenanceCount> provenance, int done, long second) {

        boolean holds(Experiment experiment, long now) {
            return done == experiment.progress().done()
                    || (second == now && !experiment.state().isTerminal());
        }
    }

    /**
     * Plans an experiment and queues what of it has not been computed.
     *
     * @param owner who submits it; null where the service runs without tokens
     * @param spec valid, as {@code SpecReader} returns it
     * @throws ProblemException where the queue has no room for what has not been computed
     */
    public Experiment submit(@Nullable String owner, ExperimentSpec spec) {
        return rounds.advance(transactions.execute(_ -> store(owner, spec)));
    }

    /** The same as part of a larger transaction, after which {@link AdaptiveRounds#advance(Experiment)} is to be called. */
    @Transactional(propagation = Propagation.MANDATORY)
    Experiment store(@Nullable String owner, ExperimentSpec spec) {
        UUID id = UuidVersion7Strategy.INSTANCE.generateUuid(null);
        List<PlannedCell> plan = CellPlanner.plan(spec);
        if (!openCells.hasRoom(owner, plan.size())) {
            // Only now is it worth a look at what was computed before.
            openCells.requireRoom(owner, cells.countMissing(spec, plan));
        }
        CellStore.Stored stored = cells.store(id, spec, plan, 0);
        Instant now = clock.now();
        ExperimentEntity experiment = new ExperimentEntity(id, owner, spec, stored.all(), stored.cached(), now);
        queue.fill(experiment, stored);
        experiments.saveAndFlush(experiment);
        links.insert(id, stored.places());
        openCells.admitted(owner, experiment.open());
        return Experiment.of(experiment, spec, now);
    }

    /**
     * An experiment as it is now.
     *
     * @param id as it stands in the experiment's address
     * @throws ProblemException where there is none
     */
    public Experiment get(String id) {
        UUID key = key(id);
        return specs.find(key).flatMap(spec -> list.find(key, spec)).orElseThrow(ExperimentService::notFound);
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

    /** What computed the cells that are done; of an experiment that has not ended, those of a second ago. */
    public List<ProvenanceCount> provenance(Experiment experiment) {
        int done = experiment.progress().done();
        if (done == 0) {
            return List.of();
        }
        long now = Instant.now().getEpochSecond();
        Known known = provenances.getIfPresent(experiment.id());
        if (known == null || !known.holds(experiment, now)) {
            known = new Known(links.findProvenance(experiment.id()), done, now);
            provenances.put(experiment.id(), known);
        }
        return known.provenance();
    }

    /** The networks of an adaptive experiment, by their numbers, that get no more runs than they have. */
    @Transactional(readOnly = true)
    public Set<Integer> stoppedNetworks(Experiment experiment, Runs.Adaptive runs) {
        if (experiment.state() == ExperimentState.SUCCEEDED) {
            return IntStream.range(0, experiment.spec().networks().size())
                    .boxed()
                    .collect(Collectors.toSet());
        }
        int present = runs.after(Objects.requireNonNull(experiment.rounds()) + 1);
        return links.findNetworksBelow(experiment.id(), Math.ceilDiv(present, CellPlanner.CHUNK));
    }
}
