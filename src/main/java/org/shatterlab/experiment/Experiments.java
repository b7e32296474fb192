package org.shatterlab.experiment;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.hibernate.id.uuid.UuidVersion7Strategy;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionOperations;

/** What a user does with experiments. */
@Service
public class Experiments {

    private final ExperimentRepository experiments;
    private final CellStore cells;
    private final CellLinks links;
    private final CellQueue queue;
    private final Rounds rounds;
    private final TransactionOperations transactions;

    Experiments(
            ExperimentRepository experiments,
            CellStore cells,
            CellLinks links,
            CellQueue queue,
            Rounds rounds,
            TransactionOperations transactions) {
        this.experiments = experiments;
        this.cells = cells;
        this.links = links;
        this.queue = queue;
        this.rounds = rounds;
        this.transactions = transactions;
    }

    /**
     * Plans an experiment and queues what of it has not been computed.
     *
     * @param spec valid, as {@link SpecReader} returns it
     */
    public Experiment submit(ExperimentSpec spec) {
        return rounds.advance(transactions.execute(_ -> store(spec)));
    }

    /** The same as part of a larger transaction, after which {@link Rounds#advance(Experiment)} is to be called. */
    @Transactional(propagation = Propagation.MANDATORY)
    Experiment store(ExperimentSpec spec) {
        UUID id = UuidVersion7Strategy.INSTANCE.generateUuid(null);
        CellStore.Stored stored = cells.store(id, spec, CellPlanner.plan(spec), 0);
        ExperimentEntity experiment =
                experiments.saveAndFlush(new ExperimentEntity(id, spec, stored.all(), stored.cached(), Instant.now()));
        links.insert(id, stored.places());
        queue.refill(experiment);
        return Experiment.of(experiment);
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
