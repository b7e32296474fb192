package org.shatterlab.lab;

import ai.djl.ndarray.types.DataType;
import java.util.List;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.gradient.ConvolutionalPass;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.RunDraws;
import org.shatterlab.lab.network.SampledConvnet;
import org.shatterlab.lab.statistic.Activity;
import org.shatterlab.lab.statistic.Autocorrelation;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.statistic.Statistic.Source;

/**
 * What one run of a cell takes of memory at its peak, in bytes, estimated from the shapes of its arrays alone.
 *
 * @param weights those held at a time that are drawn on the host and, for a GPU, copied to it
 * @param arrays all others that are computed with, on a GPU in its memory
 * @param together there too, but once for all runs that are computed together: a draw of the device
 * @param kept on the host beside the weights: what they are drawn by, the inputs of the run, and what is gathered over the
 *     depths
 */
public record RunMemoryEstimate(double weights, double arrays, double together, double kept) {

    /** Arrays of shape (M, N) that a layer holds at a time. */
    private static final int LAYER_ARRAYS = 8;

    /** And those of shape (M, A N), between rectifiers and weights. */
    private static final int BRANCH_ARRAYS = 2;

    /** Arrays of the size of what is decomposed that a QR decomposition holds at a time. */
    private static final int DECOMPOSITION_ARRAYS = 4;

    /** Arrays of the size of a hidden state that the pass over the whole batch holds at a time. */
    private static final int CONVOLUTION_ARRAYS = 8;

    /** A value of a run's sample, with its key and its place in a map. */
    private static final double ROW_BYTES = 128;

    private static final int KERNEL_TAPS = SampledConvnet.KERNEL * SampledConvnet.KERNEL;

    /** Of one run of a cell. */
    public static RunMemoryEstimate of(CellSpec cell) {
        return switch (cell.network()) {
            case NetworkSpec.Rectifier network -> rectifier(cell, network);
            case NetworkSpec.Convolutional network -> convolutional(cell, network);
            case NetworkSpec.Noise _ -> new RunMemoryEstimate(0, covariances(cell), 0, kept(cell));
        };
    }

    /** Where host and device share their memory. */
    public double bytes() {
        return weights + arrays + together + kept;
    }

    /** Of each run, without what they have together. */
    double onDevice() {
        return weights + arrays;
    }

    double onHost() {
        return weights + kept;
    }

    private static RunMemoryEstimate rectifier(CellSpec cell, NetworkSpec.Rectifier network) {
        double outputsPerUnit = network.activation().outputsPerUnit();
        double hidden = bytes(cell) * outputsPerUnit * network.width() * network.width();
        double first = bytes(cell) * cell.inputs().dimension() * network.width();
        boolean back = Statistic.anyFrom(Source.INPUT_GRADIENTS, cell.statistics());
        boolean up = cell.statistics().stream().anyMatch(statistic -> statistic.source() != Source.INPUT_GRADIENTS);
        double state = outputsPerUnit * cell.inputs().points() * network.width();
        double arrays =
                Math.max(up ? tangents(cell, network, state) : 0, back ? adjoints(cell, state) : 0) + covariances(cell);
        double decomposed =
                network.initialization().decomposedRows(network.activation()) * Math.pow(network.width(), 2);
        double kept = Double.BYTES * DECOMPOSITION_ARRAYS * decomposed + activity(cell, network.width()) + kept(cell);
        return switch (cell.draws()) {
            case HOST -> new RunMemoryEstimate(hidden + first, arrays, 0, kept);
            case DEVICE -> new RunMemoryEstimate(first, hidden + arrays, RunDraws.DRAWN_TOGETHER * hidden, kept);
        };
    }

    /** Of the pass up, and of the tangents of a depth in float64. */
    private static double tangents(CellSpec cell, NetworkSpec.Rectifier network, double state) {
        double points = cell.inputs().points();
        double dimension = cell.inputs().dimension();
        return bytes(cell) * (dimension * points + LAYER_ARRAYS * points * network.width() + BRANCH_ARRAYS * state)
                + Double.BYTES * (2 * points * network.width() + points * dimension);
    }

    /** Of the pass back, which has the slopes of all layers from the way up, and the gradients of all depths. */
    private static double adjoints(CellSpec cell, double state) {
        double points = cell.inputs().points();
        double dimension = cell.inputs().dimension();
        double depths = cell.depths().size();
        double fewer = Math.min(points, dimension);
        return bytes(cell)
                        * (dimension * points * (1 + depths)
                                + (LAYER_ARRAYS + 3 * depths + cell.depths().getLast()) * state)
                + Double.BYTES * (3 * points * dimension + 3 * fewer * fewer);
    }

    private static RunMemoryEstimate convolutional(CellSpec cell, NetworkSpec.Convolutional network) {
        double points = cell.inputs().points();
        double dimension = cell.inputs().dimension();
        double channels = network.channels();
        int side = cell.inputs() instanceof InputSpec.Images images
                ? images.dataset().side()
                : (int) Math.ceil(Math.sqrt(dimension));
        double state = channels * Math.pow(side, 2);
        // In float64 the engine writes down what each tap of a kernel sees, of all images at once.
        double columns = cell.precision() == Precision.FLOAT64 ? KERNEL_TAPS * state : 0;
        DataType type = cell.precision().type();
        double images = Math.min(points, ConvolutionalPass.images(network, side, cell.depths(), type));
        return new RunMemoryEstimate(
                bytes(cell) * KERNEL_TAPS * channels * channels * cell.depths().getLast(),
                bytes(cell)
                                * (points * (CONVOLUTION_ARRAYS * state + columns)
                                        + (images * columns + 2 * points * dimension)
                                                * cell.depths().size())
                        + images * ConvolutionalPass.imageBytes(network, side, cell.depths(), type)
                        + 3 * Double.BYTES * points * dimension
                        + covariances(cell),
                0,
                kept(cell));
    }

    /** The products of a depth, which are divided by their number and copied. */
    private static double covariances(CellSpec cell) {
        double points = cell.inputs().points();
        return hasCovariances(cell) ? 2 * Double.BYTES * points * points : 0;
    }

    /** At how many inputs each unit of each layer is active, at which those of the last are, and rasters of all depths. */
    private static double activity(CellSpec cell, double width) {
        if (!Statistic.anyFrom(Source.ACTIVITY, cell.statistics())) {
            return 0;
        }
        double layer = cell.inputs().points() * width;
        boolean rasters = cell.statistics().contains(Statistic.ACTIVITY_RASTER);
        return Long.BYTES * width * cell.depths().getLast()
                + (ActivitySampler.needsEachInput(cell) ? layer : 0)
                + (rasters ? Double.BYTES * layer * 2 * cell.depths().size() : 0);
    }

    /** Rows, sums and means of covariances, series, and inputs where each run has its own. */
    private static double kept(CellSpec cell) {
        double points = cell.inputs().points();
        double depths = Math.max(1, cell.depths().size());
        double rows = cell.statistics().stream()
                .mapToDouble(statistic -> rows(statistic, cell.depths()))
                .sum();
        return ROW_BYTES * rows
                + Double.BYTES
                        * (points * depths
                                + (hasCovariances(cell) ? points * points * 2 * depths : 0)
                                + (cell.inputs().isSameInEveryRun()
                                        ? 0
                                        : points * cell.inputs().dimension()));
    }

    /** Of statistics that have one for each layer, lag or bin; those of the others are few. */
    private static double rows(Statistic statistic, List<Integer> depths) {
        return switch (statistic) {
            case ACTIVATION_RATE, COACTIVATION_RATE ->
                depths.stream().mapToDouble(depth -> depth).sum();
            case AUTOCORRELATION -> (double) Autocorrelation.LAGS * depths.size();
            case ACTIVATION_HISTOGRAM, CONTIGUITY_HISTOGRAM -> (double) Activity.BINS * depths.size();
            default -> 0;
        };
    }

    private static boolean hasCovariances(CellSpec cell) {
        return Statistic.anyFrom(Source.COVARIANCE, cell.statistics());
    }

    /** Of a number. */
    private static double bytes(CellSpec cell) {
        return cell.precision().type().getNumOfBytes();
    }
}
