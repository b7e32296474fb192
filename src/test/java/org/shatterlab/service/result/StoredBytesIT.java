package org.shatterlab.service.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.service.support.Service;

/** Compares the estimated bytes of experiments with the growth of the tables. */
class StoredBytesIT {

    private static final List<String> TABLES = List.of(
            "cell", "experiment_cell", "cell_execution", "cell_row", "cell_matrix", "cell_series", "prediction");

    /**
     * An experiment and the largest ratio of its estimated bytes to its measured bytes.
     *
     * @param maxRatio above 2 for matrices, whose entries PostgreSQL compresses
     */
    private record StoredExperiment(String spec, double maxRatio) {}

    private static final List<StoredExperiment> EXPERIMENTS =
            List.of(new StoredExperiment("""
            {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16},
             "statistics": ["gradient-variance"], "runs": 2500}""", 2), new StoredExperiment("""
            {"networks": [{"family": "feedforward", "width": 50}], "inputs": {"type": "grid", "points": 64},
             "depths": {"from": 1, "to": 32, "step": 1}, "runs": 50,
             "statistics": ["gradient-correlation", "autocorrelation", "activation-rate", "contiguity-histogram"]}""", 2), new StoredExperiment("""
            {"networks": [{"family": "feedforward", "width": 16}], "inputs": {"type": "grid", "points": 256},
             "depths": [1, 2, 3, 4], "statistics": ["covariance", "gradient"], "runs": 10}""", 6));

    private static long measure(Service service) {
        return TABLES.stream()
                .mapToLong(table -> service.queryLongs("select pg_total_relation_size('" + table + "')")
                        .getFirst())
                .sum();
    }

    @Test
    void estimateCoversMeasuredBytes(@TempDir Path data) {
        try (Service service = Service.start(data)) {
            for (StoredExperiment experiment : EXPERIMENTS) {
                long before = measure(service);
                service.run(experiment.spec());
                long measured = measure(service) - before;
                long estimated = service.queryLongs(
                                "select stored_bytes from experiment order by created_at desc limit 1")
                        .getFirst();
                assertThat((double) estimated / measured).as(experiment.spec()).isBetween(0.9, experiment.maxRatio());
            }
        }
    }
}
