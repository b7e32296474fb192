package org.shatterlab.experiment.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.RandomSpecs;
import org.shatterlab.experiment.spec.SpecBodies;

class CellStorageTest {

    /** An experiment with one network, which measures a statistic at 512 points. */
    private static ExperimentSpec experiment(String statistic, String depths, int runs) {
        return SpecBodies.read(String.format(Locale.ROOT, """
                {'networks': [{'family': 'feedforward', 'width': 100}], 'depths': %s, 'runs': %d,
                 'inputs': {'type': 'grid', 'points': 512}, 'statistics': ['%s']}""", depths, runs, statistic));
    }

    private static long bytes(String statistic, String depths, int runs) {
        return CellStorage.bytes(experiment(statistic, depths, runs), runs);
    }

    @Test
    void addsUpAllCells() {
        RandomSpecs specs = new RandomSpecs(5);
        for (int i = 0; i < 200; i++) {
            ExperimentSpec spec = specs.experiment();
            assertThat(CellStorage.bytes(spec, spec.runs().max()))
                    .isEqualTo(CellPlanner.planMax(spec).stream()
                            .mapToLong(planned -> CellStorage.bytes(planned.cell()))
                            .sum());
            assertThat(CellStorage.bytes(spec, spec.runs().initial()))
                    .isEqualTo(CellPlanner.plan(spec).stream()
                            .mapToLong(planned -> CellStorage.bytes(planned.cell()))
                            .sum());
        }
    }

    @Test
    void countsMatricesOfEveryDepthAndChunk() {
        double matrix = 8 * 512 * 512;
        assertThat((double) bytes("covariance", "[1]", 5)).isCloseTo(matrix, withinPercentage(10));
        assertThat((double) bytes("correlation", "[1, 2, 3]", 12)).isCloseTo(9 * matrix, withinPercentage(10));
        assertThat((double) bytes("activity-raster", "[1, 2, 3]", 12))
                .as("the rasters of run 0 alone")
                .isCloseTo(3.0 * 8 * 100 * 512, withinPercentage(10));
        assertThat((double) bytes("outer-product", "[1, 2, 3]", 12))
                .as("the gradient of run 0 alone, from which the product is computed")
                .isLessThan(10 * 8 * 512);
    }

    @Test
    void countsRowsOfEveryIndex() {
        long one = bytes("gradient-variance", "[50]", 10) - bytes("gradient-variance", "[50]", 5);
        long lags = bytes("autocorrelation", "[50]", 10) - bytes("autocorrelation", "[50]", 5);
        long layers = bytes("activation-rate", "[50]", 10) - bytes("activation-rate", "[50]", 5);
        assertThat((layers - one) / (lags - one)).as("49 and 15 rows more").isEqualTo(49 / 15);
    }
}
