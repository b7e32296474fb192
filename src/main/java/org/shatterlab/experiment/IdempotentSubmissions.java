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

/** Submits experiments once for each idempotency key. A key with the same body returns the first experiment again. */
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
     * The outcome of a submission.
     *
     * @param repeated whether the experiment belongs to an earlier submission
     */
    public record Submission(Experiment experiment, boolean repeated) {}

    /**
     * Submits an experiment, unless the key was used before. A submission that arrives while another submission with
     * the key is being stored waits for the other, without a database connection.
     *
     * @param owner the name of the token that submits; null where the service runs without tokens
     * @param text the idempotency key
     * @param body the JSON of the request. White space, the order of members and the
     *     notation of numbers make no difference.
     * @throws ProblemException with status 409, where the key came with another body
     */
    public Submission submit(@Nullable String owner, String text, JsonNode body, ExperimentSpec spec) {
        IdempotencyKeys.IdempotencyKey key = new IdempotencyKeys.IdempotencyKey(owner, text);
        String hash = DigestUtils.sha256Hex(StrictJson.canonical(body));
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

    /** Returns empty while another transaction has reserved the key. */
    private Optional<Submission> attempt(IdempotencyKeys.IdempotencyKey key, String hash, ExperimentSpec spec) {
        Optional<IdempotencyKeys.Use> use = keys.find(key);
        if (use.isEmpty()) {
            if (!keys.reserve(key)) {
                return Optional.empty();
            }
            // Another transaction may have stored the key before this one reserved the key.
            use = keys.find(key);
        }
        if (use.isPresent()) {
            return Optional.of(repeat(use.get(), hash));
        }
        Experiment experiment = experiments.store(key.owner(), spec);
        keys.store(key, new IdempotencyKeys.Use(hash, experiment.id()));
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
            throw new IllegalStateException("interrupted while another submission with the key was being stored", e);
        }
    }
}
