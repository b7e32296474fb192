package org.shatterlab.lab;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.shatterlab.lab.engine.UnmeasurableException;
import org.shatterlab.lab.network.RunDraws;
import org.shatterlab.lab.statistic.EffectiveRank;
import org.shatterlab.lab.statistic.RunSample;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.statistic.Statistic.Source;

/** Computes the effective rank of the input gradients of one run, absolute and relative. */
final class RankSampler {

    private final CellSpec cell;
    private final double reference;

    /**
     * Creates a sampler for one run.
     *
     * @param draws the draws of the run, from which the constructor draws the reference of the relative rank
     */
    RankSampler(RunDraws draws, CellSpec cell) {
        this.cell = cell;
        this.reference =
                cell.statistics().contains(Statistic.RELATIVE_EFFECTIVE_RANK) ? reference(draws, cell) : Double.NaN;
    }

    /**
     * Adds the cell's rank statistics to a sample.
     *
     * @param gradients df_i / dx_i of one drawn readout, shape (M, d)
     * @throws UnmeasurableException if the gradients have no rank
     */
    void addTo(RunSample sample, NDArray gradients, int depth) {
        if (!Statistic.anyFrom(Source.INPUT_GRADIENTS, cell.statistics())) {
            return;
        }
        double rank = EffectiveRank.of(gradients);
        if (Double.isNaN(rank)) {
            throw new UnmeasurableException("The input gradients of a run at depth " + depth
                    + " are 0 at every input or leave the range of "
                    + cell.precision().apiName() + ". Therefore the gradients have no rank. "
                    + "Ask for a wider or shallower network, or for \"precision\": \"float64\".");
        }
        if (cell.statistics().contains(Statistic.EFFECTIVE_RANK)) {
            sample.addMean(Statistic.EFFECTIVE_RANK, null, rank);
        }
        if (cell.statistics().contains(Statistic.RELATIVE_EFFECTIVE_RANK)) {
            sample.addMean(Statistic.RELATIVE_EFFECTIVE_RANK, null, rank / reference);
        }
    }

    /** Returns the effective rank r(Y) of a standard normal Y of the shape of the gradients. */
    private static double reference(RunDraws draws, CellSpec cell) {
        ContinuousSampler normals = draws.normals(RunDraws.DrawPurpose.RANK_REFERENCE, 0);
        Shape shape = new Shape(cell.inputs().points(), cell.inputs().dimension());
        double[] values = new double[Math.toIntExact(shape.size())];
        Arrays.setAll(values, _ -> normals.sample());
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                NDArray y = manager.create(values, shape)) {
            return EffectiveRank.of(y);
        }
    }
}
