package org.shatterlab.lab;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Map;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.shatterlab.lab.gradient.AdjointPass;
import org.shatterlab.lab.network.RunDraws;
import org.shatterlab.lab.network.SampledNetwork;
import org.shatterlab.lab.statistic.EffectiveRank;
import org.shatterlab.lab.statistic.RunSample;
import org.shatterlab.lab.statistic.Statistic;

/** Works out how many directions the input gradients of one run spread over. */
final class RankSamples {

    private RankSamples() {}

    /**
     * Adds the ranks to the sample of each depth, each depth with its own drawn readout; the reference of the relative one
     * is drawn once for the run.
     *
     * @param x the inputs, shape (M, d)
     * @throws UnmeasurableException where the gradients have no rank
     */
    static void add(Map<Integer, RunSample> samples, SampledNetwork network, NDArray x, RunDraws draws, CellSpec cell) {
        boolean relative = cell.statistics().contains(Statistic.RELATIVE_EFFECTIVE_RANK);
        double reference = relative ? reference(x, draws) : Double.NaN;
        samples.forEach((depth, sample) -> {
            double rank = rank(network, x, depth, cell);
            if (cell.statistics().contains(Statistic.EFFECTIVE_RANK)) {
                sample.mean(Statistic.EFFECTIVE_RANK, null, rank);
            }
            if (relative) {
                sample.mean(Statistic.RELATIVE_EFFECTIVE_RANK, null, rank / reference);
            }
        });
    }

    private static double rank(SampledNetwork network, NDArray x, int depth, CellSpec cell) {
        AdjointPass.Gradients gradients = AdjointPass.gradients(network, x, depth);
        try (NDArray _ = gradients.hidden();
                NDArray input = gradients.input()) {
            double rank = EffectiveRank.of(input);
            if (Double.isNaN(rank)) {
                throw new UnmeasurableException("The input gradients of a run at depth " + depth
                        + " are 0 at every input or leave the range of "
                        + cell.precision().apiName() + ", so that they have no rank. "
                        + "Ask for a wider or shallower network, or for \"precision\": \"float64\".");
            }
            return rank;
        }
    }

    /** r(Y) for standard normal Y of the shape of the gradients. */
    private static double reference(NDArray x, RunDraws draws) {
        ContinuousSampler normals = draws.normals(RunDraws.Role.RANK_REFERENCE, 0);
        Shape shape = x.getShape();
        double[] values = new double[Math.toIntExact(shape.size())];
        Arrays.setAll(values, _ -> normals.sample());
        try (NDArray y = x.getManager().create(values, shape)) {
            return EffectiveRank.of(y);
        }
    }
}
