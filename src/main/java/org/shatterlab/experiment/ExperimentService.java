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
import org.shatterlab.experiment.cell.CellStorage;
import org.shatterlab.experiment.cell.PlannedCell;
import org.shatterlab.experiment.queue.AdaptiveRounds;
import org.shatterlab.experiment.queue.CellQueue;
import org.shatterlab.experiment.queue.QueueCapacity;
import org.shatterlab.experiment.queue.StorageCapacity;
import org.shatterlab.experiment.queue.SubmissionRate;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.Runs;
import org.shatterlab.experiment.store.CellExecutionRepository;
import org.shatterlab.experiment.store.CellStore;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.experiment.store.ExperimentCellRepository;
import org.shatterlab.experiment.store.ExperimentEntity;
import org.shatterlab.experiment.store.ExperimentQueries;
import org.shatterlab.experiment.store.ExperimentRepository;
import org.shatterlab.experiment.store.ExperimentState;
import org.shatterlab.experiment.store.ProvenanceCount;
import org.shatterlab.experiment.store.SpecCache;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.platform.DatabaseClock;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionOperations;

/** Submits experiments, and reads single experiments. */
@Service
public class ExperimentService {

    private static final int MAX_CACHED_PROVENANCES = 1000;
    private static final int MAX_NAMED_LENGTH = 100;

    private final ExperimentRepository experiments;
    private final ExperimentQueries queries;
    private final SpecCache specs;
    private final CellStore cells;
    private final ExperimentCellRepository links;
    private final CellExecutionRepository executions;
    private final SubmissionRate rate;
    private final QueueCapacity capacity;
    private final StorageCapacity storage;
    private final CellQueue queue;
    private final AdaptiveRounds rounds;
    private final TransactionOperations transactions;
    private final DatabaseClock clock;
    private final Cache<UUID, CachedProvenance> provenances =
            Caffeine.newBuilder().maximumSize(MAX_CACHED_PROVENANCES).build();

    ExperimentService(
            ExperimentRepository experiments,
            ExperimentQueries queries,
            SpecCache specs,
            CellStore cells,
            ExperimentCellRepository links,
            CellExecutionRepository executions,
            SubmissionRate rate,
            QueueCapacity capacity,
            StorageCapacity storage,
            CellQueue queue,
            AdaptiveRounds rounds,
            TransactionOperations transactions,
            DatabaseClock clock) {
        this.experiments = experiments;
        this.queries = queries;
        this.specs = specs;
        this.cells = cells;
        this.links = links;
        this.executions = executions;
        this.rate = rate;
        this.capacity = capacity;
        this.storage = storage;
        this.queue = queue;
        this.rounds = rounds;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * The provenance of the done cells of an experiment. The provenance of a given number of done cells never changes.
     *
     * @param second the second of the reading. While cells are computed, clients may ask after each cell, and each
     *     reading scans all cells of the experiment. So a running experiment is read at most once a second.
     */
    private record CachedProvenance(List<ProvenanceCount> counts, int done, long second) {

        boolean isCurrent(Experiment experiment, long now) {
            return done == experiment.progress().done()
                    || (second == now && !experiment.state().isTerminal());
        }
    }

    /**
     * Plans an experiment and queues the cells that have not been computed.
     *
     * @param owner the name of the token that submits; null where the service runs without tokens
     * @param spec an admitted specification
     * @throws ProblemException with status 429, where the queue has no room for the cells that have not been computed, or
     *     with status 507, where the storage has no room
     */
    public Experiment submit(@Nullable String owner, ExperimentSpec spec) {
        return rounds.advance(transactions.execute(_ -> store(owner, spec)));
    }

    /** Submits in the caller's transaction. After the transaction the caller calls {@link AdaptiveRounds#advance}. */
    @Transactional(propagation = Propagation.MANDATORY)
    Experiment store(@Nullable String owner, ExperimentSpec spec) {
        // The rounds of an adaptive experiment whose cells are done already follow at once.
        rate.take(owner, CellPlanner.count(spec));
        storage.requireRoom(owner, CellStorage.bytes(spec, spec.runs().initial()));
        UUID id = UuidVersion7Strategy.INSTANCE.generateUuid(null);
        List<PlannedCell> plan = CellPlanner.plan(spec);
        if (!capacity.hasRoom(owner, plan.size())) {
            // Cells that were computed before need no room. They are counted only where the whole plan has none.
            capacity.requireRoom(owner, cells.countMissing(spec, plan));
        }
        CellStore.StoredCells stored = cells.store(id, spec, plan, 0);
        Instant now = clock.now();
        ExperimentEntity experiment = new ExperimentEntity(id, owner, spec, stored, now);
        queue.fill(experiment, stored);
        experiments.save(experiment);
        links.insert(id, stored.links());
        capacity.admitted(owner, experiment.open());
        storage.admitted(owner, stored.bytes());
        return experiment.snapshot(spec, now);
    }

    /**
     * Returns an experiment.
     *
     * @param id the id in the experiment's address
     * @throws ProblemException with status 404, where the experiment does not exist
     */
    public Experiment get(String id) {
        UUID key = key(id);
        return specs.find(key).flatMap(spec -> queries.find(key, spec)).orElseThrow(() -> notFound(id));
    }

    static UUID key(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw notFound(id);
        }
    }

    /** Returns the error that an experiment does not exist. The message names the id, which is cut if it is long. */
    static ProblemException notFound(String id) {
        // A cut between the halves of a surrogate pair would leave a character that no JSON parser accepts.
        String named = id.codePointCount(0, id.length()) > MAX_NAMED_LENGTH
                ? id.substring(0, id.offsetByCodePoints(0, MAX_NAMED_LENGTH)) + "…"
                : id;
        return new ProblemException(Problem.NOT_FOUND, "The experiment \"" + named + "\" does not exist.");
    }

    /** Returns whether no experiment is stored. */
    @Transactional(readOnly = true)
    public boolean isEmpty() {
        return experiments.count() == 0;
    }

    /** Returns the provenance of the done cells. The answer for a running experiment may be one second old. */
    public List<ProvenanceCount> provenance(Experiment experiment) {
        int done = experiment.progress().done();
        if (done == 0) {
            return List.of();
        }
        long now = Instant.now().getEpochSecond();
        CachedProvenance cached = provenances.getIfPresent(experiment.id());
        if (cached == null || !cached.isCurrent(experiment, now)) {
            cached = new CachedProvenance(executions.countProvenances(experiment.id()), done, now);
            provenances.put(experiment.id(), cached);
        }
        return cached.counts();
    }

    /** Returns the numbers of the networks of an adaptive experiment that get no more runs. */
    @Transactional(readOnly = true)
    public Set<Integer> stoppedNetworks(Experiment experiment, Runs.Adaptive runs) {
        if (experiment.state() == ExperimentState.SUCCEEDED) {
            return IntStream.range(0, experiment.spec().networks().size())
                    .boxed()
                    .collect(Collectors.toSet());
        }
        int present = runs.runsAfterRound(Objects.requireNonNull(experiment.rounds()) + 1);
        return links.findNetworksBelow(experiment.id(), Math.ceilDiv(present, CellSpec.CHUNK));
    }
}
