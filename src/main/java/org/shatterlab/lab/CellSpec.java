package org.shatterlab.lab;

import java.util.List;
import java.util.Set;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.Statistic;

/**
 * The specification of a cell, the unit of work: some runs of one network.
 *
 * @param network the network or the noise to measure
 * @param inputs the points to measure at
 * @param depths the depths L to measure at, ascending and distinct; empty for {@link NetworkSpec.Noise}
 * @param statistics the statistics to measure, at least one
 * @param precision the floating-point format of the networks
 * @param draws the place where hidden weights are drawn; becomes {@link DrawSource#HOST} unless the network is a
 *     rectifier network with independent weights
 * @param seed the seed that determines every random draw, together with the network and the run number
 * @param firstRun the number of the first run, from 0
 * @param runs the number of runs
 */
public record CellSpec(
        NetworkSpec network,
        InputSpec inputs,
        List<Integer> depths,
        Set<Statistic> statistics,
        Precision precision,
        DrawSource draws,
        long seed,
        int firstRun,
        int runs) {

    /** The runs of a planned cell. The last cell of a network has fewer runs, where its runs are not a multiple. */
    public static final int CHUNK = 5;

    public CellSpec {
        depths = List.copyOf(depths);
        statistics = Set.copyOf(statistics);
        draws = network instanceof NetworkSpec.Rectifier rectifier
                        && rectifier.initialization().isIndependent()
                ? draws
                : DrawSource.HOST;
    }

    /** Returns whether two cells differ at most in their runs, so that they can be measured together. */
    public boolean isSiblingOf(CellSpec other) {
        return equals(new CellSpec(
                other.network,
                other.inputs,
                other.depths,
                other.statistics,
                other.precision,
                other.draws,
                other.seed,
                firstRun,
                runs));
    }
}
