package org.shatterlab.platform.request;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;

/**
 * A bulkhead that limits the requests of one kind that run at a time, in all and for each token. A request that finds
 * no room waits for a short time and is then rejected, so that requests of other kinds stay fast. Thread-safe.
 *
 * <p>A request takes one unit or more. The meaning of a unit is the caller's choice, for example a request or a mebibyte.
 */
public final class RequestBudget {

    /**
     * The requests that may wait for a token's units, and for the units of all. A waiting request holds one of the few
     * hundred connections of the service, which one token must not fill.
     */
    private static final int MAX_WAITING = 64;

    private final String work;
    private final int units;
    private final int unitsPerToken;
    private final Duration maxWait;
    private final Semaphore all;

    /** The units of each token. A permit refers to its entry, so an entry lives as long as its last permit. */
    private final LoadingCache<String, Semaphore> tokens;

    /**
     * Creates a budget.
     *
     * @param work the work in the plural, for the message of the rejection, such as {@code "figures are drawn"}
     * @param units the units of all requests that run at a time
     * @param unitsPerToken the units of the requests of one token that run at a time
     * @param maxWait the time that a request waits for room
     */
    public RequestBudget(String work, int units, int unitsPerToken, Duration maxWait) {
        this.work = work;
        this.units = units;
        this.unitsPerToken = Math.min(units, unitsPerToken);
        this.maxWait = maxWait;
        this.all = new Semaphore(units, true);
        this.tokens = Caffeine.newBuilder().weakValues().build(_ -> new Semaphore(this.unitsPerToken, true));
    }

    /** Units that a request holds. Closing returns the units. A second close has no effect. */
    public final class Permit implements AutoCloseable {

        private final @Nullable Semaphore token;
        private int held;

        private Permit(@Nullable Semaphore token, int held) {
            this.token = token;
            this.held = held;
        }

        /** Returns all units except some, for a request that needs fewer units from now on. */
        public synchronized void shrink(int needed) {
            int released = Math.max(0, held - Math.max(0, needed));
            held -= released;
            all.release(released);
            if (token != null) {
                token.release(released);
            }
        }

        @Override
        public void close() {
            shrink(0);
        }
    }

    /**
     * Acquires one unit for a request. The caller must close the permit.
     *
     * @throws ProblemException with status 503 and {@code Retry-After}, if the budget has no room in time
     */
    public Permit acquire(HttpServletRequest request) {
        return acquire(request, 1);
    }

    /**
     * Acquires units for a request. The caller must close the permit. A request that needs more units than the budget
     * has takes the whole budget, so that the request runs alone.
     *
     * @throws ProblemException with status 503 and {@code Retry-After}, if the budget has no room in time
     */
    public Permit acquire(HttpServletRequest request, int needed) {
        Principal caller = request.getUserPrincipal();
        Semaphore token = caller == null ? null : tokens.get(caller.getName());
        int held = Math.clamp(needed, 1, token == null ? units : unitsPerToken);
        long deadline = System.nanoTime() + maxWait.toNanos();
        if (token != null && !tryAcquire(token, held, deadline)) {
            throw busy("for this token");
        }
        if (!tryAcquire(all, held, deadline)) {
            if (token != null) {
                token.release(held);
            }
            throw busy("now");
        }
        return new Permit(token, held);
    }

    private static boolean tryAcquire(Semaphore semaphore, int units, long deadline) {
        if (semaphore.getQueueLength() >= MAX_WAITING) {
            return false;
        }
        try {
            return semaphore.tryAcquire(units, Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private ProblemException busy(String where) {
        return new ProblemException(
                Problem.BUSY, "As many " + work + " " + where + " as the service allows. Retry in a second.");
    }
}
