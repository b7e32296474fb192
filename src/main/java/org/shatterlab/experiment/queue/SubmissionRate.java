package org.shatterlab.experiment.queue;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Limits the cells that submissions, dry runs and retries plan in a minute, for each token and in all. Planning takes
 * time and rows even if all cells were computed before. Each process counts for itself. Safe for use by several
 * threads.
 *
 * <p>A request takes its cells from a bucket, which refills evenly in a minute. A request of more cells than the bucket
 * holds takes the full bucket.
 */
@Component
public class SubmissionRate {

    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final int perMinute;
    private final int perMinutePerToken;
    private final Bucket all;

    /** The buckets of the tokens. A bucket that was not used for a minute is full, and a new bucket is full too. */
    private final LoadingCache<String, Bucket> tokens;

    @Autowired
    SubmissionRate(QueueCapacityProperties limits) {
        this(limits, TimeMeter.SYSTEM_MILLISECONDS);
    }

    SubmissionRate(QueueCapacityProperties limits, TimeMeter clock) {
        this.perMinute = limits.plannedCellsPerMinute();
        this.perMinutePerToken = Math.min(perMinute, limits.plannedCellsPerMinutePerToken());
        this.all = bucket(perMinute, clock);
        this.tokens = Caffeine.newBuilder().expireAfterAccess(PERIOD).build(_ -> bucket(perMinutePerToken, clock));
    }

    private static Bucket bucket(int cells, TimeMeter clock) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(cells).refillGreedy(cells, PERIOD))
                .withCustomTimePrecision(clock)
                .build();
    }

    /**
     * Takes cells that a request is about to plan.
     *
     * @param caller the name of the token of the request; null where the service runs without tokens
     * @throws ProblemException with status 429 and the time until the bucket has the cells
     */
    public void take(@Nullable String caller, long cells) {
        if (caller == null) {
            take(all, cells, perMinute, "all clients");
            return;
        }
        Bucket own = tokens.get(caller);
        long taken = take(own, cells, perMinutePerToken, "a token");
        try {
            take(all, cells, perMinute, "all clients");
        } catch (ProblemException e) {
            own.addTokens(taken);
            throw e;
        }
    }

    private static long take(Bucket bucket, long cells, int limit, String who) {
        long taken = Math.clamp(cells, 1, limit);
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(taken);
        if (!probe.isConsumed()) {
            long seconds = Duration.ofNanos(probe.getNanosToWaitForRefill())
                    .plusMillis(999)
                    .toSeconds();
            HttpHeaders headers = new HttpHeaders();
            headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(Math.max(1, seconds)));
            throw new ProblemException(
                    Problem.QUEUE_FULL,
                    String.format(
                            Locale.ROOT,
                            "This plans %d cells; %d is the limit on cells that %s may plan in a minute. Retry in %d s.",
                            cells,
                            limit,
                            who,
                            Math.max(1, seconds)),
                    headers);
        }
        return taken;
    }
}
