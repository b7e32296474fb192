package org.shatterlab.lab.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.junit.jupiter.api.Test;
import org.shatterlab.lab.random.Normals;

class RunDrawsTest {

    private static final NetworkSpec.Rectifier FEEDFORWARD =
            new NetworkSpec.Rectifier(new SkipConnection.Feedforward(), 8, Normalization.NONE, 1);

    @Test
    void repeatsDrawsOfRun() {
        assertThat(sample(new RunDraws(7, FEEDFORWARD, 3), RunDraws.DrawPurpose.HIDDEN_WEIGHT, 2))
                .isEqualTo(sample(new RunDraws(7, FEEDFORWARD, 3), RunDraws.DrawPurpose.HIDDEN_WEIGHT, 2));
    }

    @Test
    void separatesDrawsBySeedNetworkRunAndRole() {
        List<double[]> draws = new ArrayList<>();
        draws.add(sample(new RunDraws(7, FEEDFORWARD, 3), RunDraws.DrawPurpose.HIDDEN_WEIGHT, 2));
        draws.add(sample(new RunDraws(8, FEEDFORWARD, 3), RunDraws.DrawPurpose.HIDDEN_WEIGHT, 2));
        draws.add(sample(new RunDraws(7, FEEDFORWARD, 4), RunDraws.DrawPurpose.HIDDEN_WEIGHT, 2));
        draws.add(sample(new RunDraws(7, FEEDFORWARD, 3), RunDraws.DrawPurpose.READOUT, 2));
        draws.add(sample(new RunDraws(7, FEEDFORWARD, 3), RunDraws.DrawPurpose.HIDDEN_WEIGHT, 3));
        for (NetworkSpec network : List.of(
                new NetworkSpec.Rectifier(new SkipConnection.Feedforward(), 9, Normalization.NONE, 1),
                new NetworkSpec.Rectifier(new SkipConnection.Feedforward(), 8, Normalization.BATCH_NORM, 1),
                new NetworkSpec.Rectifier(new SkipConnection.Feedforward(), 8, Normalization.NONE, 0),
                new NetworkSpec.Rectifier(new SkipConnection.Resnet(1, 1), 8, Normalization.NONE, 1),
                new NetworkSpec.Rectifier(new SkipConnection.Resnet(1, 0.5), 8, Normalization.NONE, 1),
                new NetworkSpec.Rectifier(new SkipConnection.Highway(0.5), 8, Normalization.NONE, 1),
                new NetworkSpec.Rectifier(new SkipConnection.ScaledHighway(), 8, Normalization.NONE, 1),
                new NetworkSpec.Convolutional(new SkipConnection.Feedforward(), 8, Normalization.NONE),
                layer(new Activation.Relu(), Initialization.XAVIER),
                layer(new Activation.Relu(), Initialization.ORTHOGONAL),
                layer(new Activation.Crelu(), Initialization.HE),
                layer(new Activation.Crelu(), Initialization.LOOKS_LINEAR),
                layer(new Activation.Linear(), Initialization.HE),
                layer(new Activation.Prelu(0.25), Initialization.HE),
                layer(new Activation.Prelu(0.5), Initialization.HE),
                new NetworkSpec.Noise(NetworkSpec.Color.WHITE),
                new NetworkSpec.Noise(NetworkSpec.Color.BROWN))) {
            draws.add(sample(new RunDraws(7, network, 3), RunDraws.DrawPurpose.HIDDEN_WEIGHT, 2));
        }
        assertThat(draws).doesNotHaveDuplicates();
    }

    private static NetworkSpec layer(Activation activation, Initialization initialization) {
        return new NetworkSpec.Rectifier(
                new SkipConnection.Feedforward(), 8, Normalization.NONE, activation, initialization, 1);
    }

    /** Every stored number follows from these names. Therefore new activations must not change the names. */
    @Test
    void keepsDrawsOfOriginalRectifiers() {
        assertThat(sample(new RunDraws(7, FEEDFORWARD, 3), RunDraws.DrawPurpose.HIDDEN_WEIGHT, 2))
                .isEqualTo(Normals.named("run 3 of rectifier feedforward 8 none 1.0 seeded 7, HIDDEN_WEIGHT 2")
                        .samples(4)
                        .toArray());
    }

    @Test
    void drawsStandardNormalValues() {
        ContinuousSampler normals = new RunDraws(1, FEEDFORWARD, 0).normals(RunDraws.DrawPurpose.READOUT, 1);
        int n = 200_000;
        double[] powers = new double[5];
        for (int i = 0; i < n; i++) {
            double x = normals.sample();
            for (int k = 1; k <= 4; k++) {
                powers[k] += Math.pow(x, k) / n;
            }
        }
        double fourErrors = 4 / Math.sqrt(n);
        assertThat(powers[1]).isCloseTo(0, within(fourErrors));
        assertThat(powers[2]).isCloseTo(1, within(fourErrors * Math.sqrt(2)));
        assertThat(powers[3]).isCloseTo(0, within(fourErrors * Math.sqrt(15)));
        assertThat(powers[4]).isCloseTo(3, within(fourErrors * Math.sqrt(96)));
    }

    private static double[] sample(RunDraws draws, RunDraws.DrawPurpose purpose, int index) {
        ContinuousSampler normals = draws.normals(purpose, index);
        return normals.samples(4).toArray();
    }
}
