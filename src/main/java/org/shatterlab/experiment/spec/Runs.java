package org.shatterlab.experiment.spec;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.statistic.Statistic;

/** How many independent draws of its weights each network of an experiment gets. */
public sealed interface Runs {

    /** What every network gets. */
    int first();

    /** What no network gets more than. */
    int most();

    /** The same number for all. */
    record Fixed(int count) implements Runs {
        @Override
        public int first() {
            return count;
        }

        @Override
        public int most() {
            return count;
        }
    }

    /**
     * As many as it takes until the 95% confidence interval of every row of a statistic is as narrow as asked. Networks get
     * them in rounds, each of which doubles the runs of those that are not there yet. Only at the end of a round is looked
     * at what was measured, so that the answer does not depend on which cell ended first.
     *
     * @param min runs of the first round, a multiple of {@link CellSpec#CHUNK}
     * @param max runs at which a network stops, precise or not
     * @param relativeError the half-width asked for, as a part of the mean's magnitude
     * @param absoluteError the half-width asked for; a row inside either is precise enough, and one of them is given
     * @param of the statistic
     */
    record Adaptive(
            int min,
            int max,
            @Nullable Double relativeError,
            @Nullable Double absoluteError,
            Statistic of) implements Runs {

        @Override
        public int first() {
            return min;
        }

        @Override
        public int most() {
            return max;
        }

        /** The runs of a network that took part in every round up to this one, counted from 1: min 2^(round-1), at most max. */
        public int after(int round) {
            return (int) Math.min(max, (long) min << (round - 1));
        }

        /** The target that a row is inside of, the relative one where it is inside both. */
        public Optional<Target> reached(double mean, double halfWidth) {
            if (relativeError != null && halfWidth <= relativeError * Math.abs(mean)) {
                return Optional.of(Target.RELATIVE_ERROR);
            }
            return absoluteError != null && halfWidth <= absoluteError
                    ? Optional.of(Target.ABSOLUTE_ERROR)
                    : Optional.empty();
        }
    }

    /** What a half-width is compared with. */
    enum Target {
        RELATIVE_ERROR("relativeError"),
        ABSOLUTE_ERROR("absoluteError");

        private final String apiName;

        Target(String apiName) {
            this.apiName = apiName;
        }

        public String apiName() {
            return apiName;
        }
    }
}
