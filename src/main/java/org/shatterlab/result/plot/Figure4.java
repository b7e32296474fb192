package org.shatterlab.result.plot;

import java.util.BitSet;
import java.util.List;

/**
 * The paper's Figure 4: the activity of the rectifiers of a layer, one row for each network and depth. A row shows
 * three plots. The raster shows units against inputs. One histogram shows the mean activation of the units. The other
 * histogram shows the lengths of contiguous inputs at which the activity of a unit does not change.
 *
 * @param caption the origin of the data
 * @param inputs the axis of the inputs
 * @param rows the rows, 1 to 64
 */
public record Figure4(String caption, MatrixFigure.MatrixAxis inputs, List<ActivityRow> rows) implements Figure {

    private static final int MAX_ROWS = 64;

    /**
     * @throws IllegalArgumentException unless the figure has 1 to 64 rows, each with a raster over the inputs
     */
    public Figure4 {
        rows = List.copyOf(rows);
        FigureChecks.require(
                !rows.isEmpty() && rows.size() <= MAX_ROWS,
                "Figure 4 must have 1 to " + MAX_ROWS + " rows, not " + rows.size() + ".");
        int points = inputs.positions().length;
        for (ActivityRow row : rows) {
            FigureChecks.require(
                    row.raster().entries() % points == 0,
                    "The length of a raster must be a multiple of the " + points + " inputs, not "
                            + row.raster().entries() + ".");
        }
    }

    /**
     * A raster of units and inputs, row-major. A raster takes one bit for each entry, because a figure may have 64.
     *
     * @param entries the number of entries
     * @param active the entries at which a unit is active
     */
    public record Raster(int entries, BitSet active) {

        /**
         * Returns the raster of some values.
         *
         * @param values 1 if the unit is active at the input, otherwise 0
         * @throws IllegalArgumentException if a value is neither 0 nor 1
         */
        public static Raster of(double[] values) {
            var active = new BitSet(values.length);
            for (int i = 0; i < values.length; i++) {
                FigureChecks.require(
                        values[i] == 0 || values[i] == 1,
                        "raster[" + i + "] must be 0 or 1, but is " + values[i] + ".");
                active.set(i, values[i] == 1);
            }
            return new Raster(values.length, active);
        }
    }

    /**
     * A row for one network at one depth.
     *
     * @param title the label of the network and the depth
     * @param raster the raster, units x inputs
     * @param activation the fraction of units in each bin of mean activation; the bins divide 0 to 1 equally
     * @param contiguity the fraction of contiguous runs of 2^k to 2^(k+1)-1 inputs, k from 0
     */
    @SuppressWarnings("ArrayRecordComponent") // The arrays are copied, so lists would be no safer.
    public record ActivityRow(String title, Raster raster, double[] activation, double[] contiguity) {

        /**
         * @throws IllegalArgumentException if the raster or an array is empty, or a number is not finite
         */
        public ActivityRow {
            activation = activation.clone();
            contiguity = contiguity.clone();
            FigureChecks.require(raster.entries() > 0, title + ": The raster must not be empty.");
            FigureChecks.require(
                    activation.length > 0 && contiguity.length > 0, title + ": The histograms must not be empty.");
            FigureChecks.requireFinite(activation, title + ": activation");
            FigureChecks.requireFinite(contiguity, title + ": contiguity");
        }

        @Override
        public double[] activation() {
            return activation.clone();
        }

        @Override
        public double[] contiguity() {
            return contiguity.clone();
        }
    }
}
