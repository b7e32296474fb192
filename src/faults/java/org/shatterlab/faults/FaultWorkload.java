package org.shatterlab.faults;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.shatterlab.service.support.Service;
import tools.jackson.databind.JsonNode;

/**
 * An experiment whose cells all take about the same time.
 *
 * @param cells number of cells
 * @param depth largest depth of the two networks; a cell takes longer with a larger depth or width
 * @param width width of the two networks
 * @param seed seed of the weights
 */
record FaultWorkload(int cells, int depth, int width, long seed) {

    private static final int RUNS_PER_CELL = 5;

    /** Returns the workload that several scenarios disturb. A cell takes about 0.1 s on an idle core. */
    static FaultWorkload disturbed() {
        return new FaultWorkload(FaultSuite.SHORT ? 100 : 500, 40, 280, FaultSuite.SEED);
    }

    /** Returns the specification as JSON. */
    String body() {
        return String.format(Locale.ROOT, """
                {"name": "%d cells", "runs": %d, "seed": %d,
                 "networks": [{"family": "feedforward", "width": %d}, {"family": "resnet", "normalization": "batch-norm", "width": %d}],
                 "depths": [8, %d], "inputs": {"type": "grid", "points": 128},
                 "statistics": ["gradient-variance", "gradient-correlation", "autocorrelation", "covariance"]}""", cells, cells / 2 * RUNS_PER_CELL, seed, width, width, depth);
    }

    /**
     * The results of a finished experiment, for comparison to the last bit.
     *
     * @param csv all rows as CSV
     * @param matrix bytes of one covariance matrix, as a NumPy file
     */
    record ResultSnapshot(String csv, byte[] matrix) {

        static ResultSnapshot of(Service service, JsonNode experiment) {
            String matrix = experiment.get("links").get("self").asString() + "/matrices/resnet/8/covariance";
            return new ResultSnapshot(
                    service.csv(experiment),
                    service.getBytes(matrix, "application/x-npy").body());
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof ResultSnapshot that && csv.equals(that.csv) && Arrays.equals(matrix, that.matrix);
        }

        @Override
        public int hashCode() {
            return Objects.hash(csv, Arrays.hashCode(matrix));
        }
    }
}
