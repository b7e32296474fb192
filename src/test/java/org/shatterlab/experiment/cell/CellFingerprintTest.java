package org.shatterlab.experiment.cell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.Statistic;

class CellFingerprintTest {

    private static final NetworkSpec NETWORK =
            new NetworkSpec.Rectifier(new SkipConnection.Resnet(1, 0.1), 200, Normalization.BATCH_NORM, 1);
    private static final InputSpec INPUTS = new InputSpec.Grid(-2, 2, 256);
    private static final CellSpec CELL = cell(1702, 0, Set.of(Statistic.AUTOCORRELATION, Statistic.GRADIENT_VARIANCE));

    private static CellSpec cell(long seed, int firstRun, Set<Statistic> statistics) {
        return cell(seed, firstRun, statistics, DrawSource.HOST);
    }

    private static CellSpec cell(long seed, int firstRun, Set<Statistic> statistics, DrawSource draws) {
        return new CellSpec(NETWORK, INPUTS, List.of(2, 50), statistics, Precision.FLOAT32, draws, seed, firstRun, 5);
    }

    /**
     * Every stored result has its fingerprint as address. If the fingerprint changes without a new lab revision, every
     * cell is computed again. If a default changes without a new fingerprint, old numbers answer for new cells. The
     * expected values are the output of sha256sum for the expected JSON.
     */
    @Test
    void fingerprintStaysTheSame() {
        assertThat(CellFingerprint.of(CELL, "1", "pytorch-2.7.1", "cpu", null))
                .isEqualTo("9688aa9c88850af5fb87bed791417f4fce6a9923ea46aa67e9d74308642425d6");
        assertThat(SubjectHash.of(NETWORK, INPUTS, "1"))
                .isEqualTo("8c38b9cac2981984b8ec079566b37c955e4ad7e9a111a70ad3f22768e72277a0");
    }

    @Test
    void dependsOnEveryParameter() {
        assertThat(Stream.of(
                        CellFingerprint.of(CELL, "1", "pytorch-2.7.1", "cpu", null),
                        CellFingerprint.of(CELL, "2", "pytorch-2.7.1", "cpu", null),
                        CellFingerprint.of(CELL, "1", "pytorch-2.8.0", "cpu", null),
                        CellFingerprint.of(CELL, "1", "pytorch-2.7.1", "gpu", null),
                        CellFingerprint.of(CELL, "1", "pytorch-2.7.1", "cpu", "experiment a"),
                        CellFingerprint.of(CELL, "1", "pytorch-2.7.1", "cpu", "experiment b"),
                        CellFingerprint.of(cell(1703, 0, CELL.statistics()), "1", "pytorch-2.7.1", "cpu", null),
                        CellFingerprint.of(cell(1702, 5, CELL.statistics()), "1", "pytorch-2.7.1", "cpu", null),
                        CellFingerprint.of(
                                cell(1702, 0, CELL.statistics(), DrawSource.DEVICE), "1", "pytorch-2.7.1", "cpu", null),
                        CellFingerprint.of(
                                cell(1702, 0, Set.of(Statistic.COVARIANCE)), "1", "pytorch-2.7.1", "cpu", null)))
                .doesNotHaveDuplicates()
                .allMatch(fingerprint -> fingerprint.matches("[0-9a-f]{64}"));
    }

    @Test
    void ignoresOrderOfStatistics() {
        CellSpec same = cell(1702, 0, Set.of(Statistic.GRADIENT_VARIANCE, Statistic.AUTOCORRELATION));
        assertThat(CellFingerprint.of(same, "1", "e", "cpu", null))
                .isEqualTo(CellFingerprint.of(CELL, "1", "e", "cpu", null));
    }
}
