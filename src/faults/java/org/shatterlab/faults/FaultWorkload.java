package org.shatterlab.faults;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/**
 * An experiment of cells that all take about as long as each other.
 *
 * @param cells how many
 * @param depth of its two networks, as with their width the time that a cell takes grows
 * @param seed of the weights
 */
record FaultWorkload(int cells, int depth, int width, long seed) {

    private static final int RUNS_PER_CELL = 5;

    /** The one that is disturbed in several trials: about a tenth of a second to a cell on an idle core. */
    static FaultWorkload disturbed() {
        return new FaultWorkload(FaultSuite.SHORT ? 100 : 500, 40, 280, FaultSuite.SEED);
    }

    String body() {
        return """
                {"name": "%d cells", "runs": %d, "seed": %d,
                 "networks": [{"family": "feedforward", "width": %d}, {"family": "resnet", "normalization": "batch-norm", "width": %d}],
                 "depths": [8, %d], "inputs": {"type": "grid", "points": 128},
                 "statistics": ["gradient-variance", "gradient-correlation", "autocorrelation", "covariance"]}""".formatted(cells, cells / 2 * RUNS_PER_CELL, seed, width, width, depth);
    }

    /** What is left of an experiment when all is over, to the last bit. */
    record Outcome(String csv, byte[] matrix) {

        static Outcome of(Service service, JsonNode experiment) {
            String matrix = experiment.get("links").get("self").asString() + "/matrices/resnet/8/covariance";
            return new Outcome(
                    service.csv(experiment),
                    service.getBytes(matrix, "application/x-npy").body());
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Outcome that && csv.equals(that.csv) && Arrays.equals(matrix, that.matrix);
        }

        @Override
        public int hashCode() {
            return Objects.hash(csv, Arrays.hashCode(matrix));
        }
    }
}
