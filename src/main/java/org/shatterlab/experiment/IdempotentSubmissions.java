package org.shatterlab.experiment;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.queue.AdaptiveRounds;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.StrictJson;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.JsonNode;

/** Submissions that are safe to repeat: the same key with the same body is the same experiment. */
@Service
public class IdempotentSubmissions {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(25);

    private final ExperimentService experiments;
    private final AdaptiveRounds rounds;
    private final IdempotencyKeys keys;
    private final TransactionOperations transactions;

    IdempotentSubmissions(
            ExperimentService experiments,
            AdaptiveRounds rounds,
            IdempotencyKeys keys,
            TransactionOperations transactions) {
        this.experiments = experiments;
        this.rounds = rounds;
        this.keys = keys;
        this.transactions = transactions;
    }

    /**
     * What a submission came to.
     *
     * @param repeated whether the experiment is that of an earlier submission, as it is now
     */
    public record Submission(Experiment experiment, boolean repeated) {}

    /**
     * Submits an experiment unless that was done before with the same key. One that arrives while another with its key is
     * stored waits for it, without a database connection.
     *
     * @param owner who submits it; another's key is another key
     * @param body what the specification was read from; white space and the order of members make no difference
     * @throws ProblemException where the key came with another body
     */
    public Submission submit(@Nullable String owner, String text, JsonNode body, ExperimentSpec spec) {
        IdempotencyKeys.Key key = new IdempotencyKeys.Key(owner, text);
        String hash = DigestUtils.sha256Hex(StrictJson.sorted(body));
        Instant deadline = Instant.now().plus(PATIENCE);
        while (true) {
            Optional<Submission> submission = transactions.execute(_ -> attempt(key, hash, spec));
            if (submission.isPresent()) {
                return new Submission(
                        rounds.advance(submission.get().experiment()),
                        submission.get().repeated());
            }
            if (Instant.now().isAfter(deadline)) {
                throw new ProblemException(
                        Problem.CONFLICT, "A submission with this Idempotency-Key is still being stored.");
            }
            pause();
        }
    }

    /** Empty while another transaction has the key. */
    private Optional<Submission> attempt(IdempotencyKeys.Key key, String hash, ExperimentSpec spec) {
        Optional<IdempotencyKeys.Use> use = keys.find(key);
        if (use.isEmpty()) {
            if (!keys.reserve(key)) {
                return Optional.empty();
            }
            // It may have been used between the question and the reservation.
            use = keys.find(key);
        }
        if (use.isPresent()) {
            return Optional.of(repeat(use.get(), hash));
        }
        Experiment experiment = experiments.store(key.owner(), spec);
        keys.keep(key, new IdempotencyKeys.Use(hash, experiment.id()));
        return Optional.of(new Submission(experiment, false));
    }

    private Submission repeat(IdempotencyKeys.Use use, String hash) {
        if (!use.bodyHash().equals(hash)) {
            throw new ProblemException(
                    Problem.CONFLICT,
                    "This Idempotency-Key came with another body, as experiment " + use.experiment() + ".");
        }
        return new Submission(experiments.get(use.experiment().toString()), true);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while another submission was being stored", e);
        }
    }
}
