package org.shatterlab.experiment.spec;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.statistic.Statistic;

/** The number of runs of each network of an experiment. A run is one independent draw of the weights of the network. */
public sealed interface Runs {

    /** Returns the number of runs that every network has at least. */
    int initial();

    /** Returns the largest number of runs that any network can have. */
    int max();

    /** A fixed number of runs, equal for all networks. */
    record Fixed(int count) implements Runs {
        @Override
        public int initial() {
            return count;
        }

        @Override
        public int max() {
            return count;
        }
    }

    /**
     * An adaptive number of runs. A network runs until the 95% confidence interval of every row of a statistic is
     * narrow enough. The runs come in rounds. Each round doubles the runs of the networks that are not yet precise
     * enough. The precision is checked only at the end of a round, so the result does not depend on the order in which
     * cells end.
     *
     * <p>A row is precise enough if its half-width meets either target. At least one of the two targets is not null.
     *
     * @param min the runs of the first round, a multiple of {@link org.shatterlab.lab.CellSpec#CHUNK}
     * @param max the runs at which a network stops even if its rows are not precise enough
     * @param relativeError the largest half-width, as a fraction of the magnitude of the mean; null without this target
     * @param absoluteError the largest half-width; null without this target
     * @param statistic the statistic whose rows must be precise
     */
    record Adaptive(
            int min,
            int max,
            @Nullable Double relativeError,
            @Nullable Double absoluteError,
            Statistic statistic) implements Runs {

        @Override
        public int initial() {
            return min;
        }

        /**
         * Returns the runs of a network that took part in every round up to the given one. Rounds count from 1. The
         * number is min 2^(round-1), but at most max.
         */
        public int runsAfterRound(int round) {
            return (int) Math.min(max, (long) min << (round - 1));
        }

        /** Returns the target that a row meets, the relative one if the row meets both; empty if the row meets none. */
        public Optional<Target> reachedTarget(double mean, double halfWidth) {
            if (relativeError != null && halfWidth <= relativeError * Math.abs(mean)) {
                return Optional.of(Target.RELATIVE_ERROR);
            }
            return absoluteError != null && halfWidth <= absoluteError
                    ? Optional.of(Target.ABSOLUTE_ERROR)
                    : Optional.empty();
        }
    }

    /** A target that the half-width of a confidence interval is compared with. */
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
