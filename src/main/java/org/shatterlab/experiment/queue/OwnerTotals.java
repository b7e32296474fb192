package org.shatterlab.experiment.queue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.store.OwnerTotal;

/**
 * Sums over the experiments of each owner and of all owners. The sums are read once a second, and the amounts that this
 * process admits in between are added. The amounts that other processes admit in between are missing. Safe for use by
 * several threads.
 */
final class OwnerTotals {

    /** The owner of experiments that were submitted without a token. */
    private static final String NOBODY = "";

    private final TimedCache<Totals> totals;

    /**
     * Creates sums.
     *
     * @param source reads the sum of each owner
     */
    OwnerTotals(Supplier<List<OwnerTotal>> source) {
        this.totals = new TimedCache<>(() -> totals(source.get()), Duration.ofSeconds(1));
    }

    /** The sums that were read, with the amounts that were admitted since. */
    private record Totals(AtomicLong all, Map<String, AtomicLong> byOwner) {

        AtomicLong of(String owner) {
            return byOwner.computeIfAbsent(owner, _ -> new AtomicLong());
        }
    }

    private static Totals totals(List<OwnerTotal> owners) {
        return new Totals(
                new AtomicLong(owners.stream().mapToLong(OwnerTotal::total).sum()),
                new ConcurrentHashMap<>(owners.stream()
                        .collect(Collectors.toMap(OwnerTotal::owner, owner -> new AtomicLong(owner.total())))));
    }

    /** Returns the sum of all owners. */
    long all() {
        return totals.get().all().get();
    }

    /** Returns the sum of an owner; 0 for the clients without a token, to whom no limit of a token applies. */
    long of(@Nullable String owner) {
        return owner == null ? 0 : totals.get().of(owner).get();
    }

    /**
     * Adds an amount that was admitted and stored. The amount is added to the last reading: a new reading would contain
     * the amount already, and would count the amount twice.
     */
    void add(@Nullable String owner, long amount) {
        Totals last = totals.lastValue();
        if (last != null) {
            last.all().addAndGet(amount);
            last.of(owner == null ? NOBODY : owner).addAndGet(amount);
        }
    }
}
