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
 * The estimated peak memory of one run of a cell, in bytes. The estimate follows from the shapes of the arrays alone.
 *
 * @param weights the weights in memory at one time that the host draws; a GPU holds a copy
 * @param arrays all other arrays of the computation, which lie in the memory of the device
 * @param sharedDraw the draw of the device, which exists once for all runs computed together
 * @param hostData the other data on the host: the matrices that weights are computed from, the inputs of the run, and
 *     the samples of all depths
 */
public record RunMemoryEstimate(double weights, double arrays, double sharedDraw, double hostData) {

    /** The number of arrays of shape (M, N) that a layer holds at a time. */
    private static final int LAYER_ARRAYS = 8;

    /** The number of arrays of shape (M, A N) that a layer holds between rectifiers and weights. */
    private static final int BRANCH_ARRAYS = 2;

    /** The number of arrays of the size of its matrix that a QR decomposition holds at a time. */
    private static final int DECOMPOSITION_ARRAYS = 4;

    /** The number of arrays of the size of a hidden state that the pass over the whole batch holds at a time. */
    private static final int CONVOLUTION_ARRAYS = 8;

    /** The bytes of one value of a run's sample, with its key and its map entry. */
    private static final double ROW_BYTES = 128;

    private static final int KERNEL_TAPS = SampledConvnet.KERNEL * SampledConvnet.KERNEL;

    /** Estimates the memory of one run of a cell. */
    public static RunMemoryEstimate of(CellSpec cell) {
        return switch (cell.network()) {
            case NetworkSpec.Rectifier network -> rectifier(cell, network);
            case NetworkSpec.Convolutional network -> convolutional(cell, network);
            case NetworkSpec.Noise _ -> new RunMemoryEstimate(0, covariances(cell), 0, hostData(cell));
        };
    }

    /** Returns the total bytes if host and device share their memory. */
    public double bytes() {
        return weights + arrays + sharedDraw + hostData;
    }

    /** Returns the bytes of each run on the device, without the shared draw. */
    double onDevice() {
        return weights + arrays;
    }

    /** Returns the bytes of each run on the host, if the device has its own memory. */
    double onHost() {
        return weights + hostData;
    }

    private static RunMemoryEstimate rectifier(CellSpec cell, NetworkSpec.Rectifier network) {
        double outputsPerUnit = network.activation().outputsPerUnit();
        double hidden = bytes(cell) * outputsPerUnit * network.width() * network.width();
        double first = bytes(cell) * cell.inputs().dimension() * network.width();
        boolean needsAdjoints = Statistic.anyFrom(Source.INPUT_GRADIENTS, cell.statistics());
        boolean needsTangents =
                cell.statistics().stream().anyMatch(statistic -> statistic.source() != Source.INPUT_GRADIENTS);
        double state = outputsPerUnit * cell.inputs().points() * network.width();
        double arrays =
                Math.max(needsTangents ? tangents(cell, network, state) : 0, needsAdjoints ? adjoints(cell, state) : 0)
                        + covariances(cell);
        double decomposed =
                network.initialization().decomposedRows(network.activation()) * Math.pow(network.width(), 2);
        double hostData =
                Double.BYTES * DECOMPOSITION_ARRAYS * decomposed + activity(cell, network.width()) + hostData(cell);
        return switch (cell.draws()) {
            case HOST -> new RunMemoryEstimate(hidden + first, arrays, 0, hostData);
            case DEVICE ->
                new RunMemoryEstimate(first, hidden + arrays, RunDraws.RUNS_PER_DEVICE_DRAW * hidden, hostData);
        };
    }

    /** Returns the bytes of the tangent pass, with the tangents of one depth in float64. */
    private static double tangents(CellSpec cell, NetworkSpec.Rectifier network, double state) {
        double points = cell.inputs().points();
        double dimension = cell.inputs().dimension();
        return bytes(cell) * (dimension * points + LAYER_ARRAYS * points * network.width() + BRANCH_ARRAYS * state)
                + Double.BYTES * (2 * points * network.width() + points * dimension);
    }

    /** Returns the bytes of the adjoint pass, which holds the slopes of all layers and the gradients of all depths. */
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
        // In float64 the engine copies the inputs of each tap of a kernel, for all images at once.
        double columns = cell.precision() == Precision.FLOAT64 ? KERNEL_TAPS * state : 0;
        DataType type = cell.precision().type();
        double images = Math.min(points, ConvolutionalPass.images(network, side, cell.depths(), type));
        return new RunMemoryEstimate(
                bytes(cell) * KERNEL_TAPS * channels * channels * cell.depths().getLast(),
                bytes(cell)
                                * (points * (CONVOLUTION_ARRAYS * state + columns)
                                        + (images * columns + 2 * points * dimension)
                                                * cell.depths().size())
                        + images * ConvolutionalPass.bytesPerImage(network, side, cell.depths(), type)
                        + 3 * Double.BYTES * points * dimension
                        + covariances(cell),
                0,
                hostData(cell));
    }

    /** Returns the bytes of the covariances of one depth, on the device and as a copy. */
    private static double covariances(CellSpec cell) {
        double points = cell.inputs().points();
        return hasCovariances(cell) ? 2 * Double.BYTES * points * points : 0;
    }

    /**
     * Returns the bytes of the activity. The activity has counts of active inputs for each unit of each layer. If
     * needed, it also has the activity at each input of the last layer and the rasters of all depths.
     */
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

    /** Returns the bytes of rows, of series, of sums and means of covariances, and of each run's own inputs, if any. */
    private static double hostData(CellSpec cell) {
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

    /** Returns the number of rows of a statistic with one row per layer, lag or bin. Other statistics have few rows. */
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

    /** Returns the bytes of a number in the precision of the networks. */
    private static double bytes(CellSpec cell) {
        return cell.precision().type().getNumOfBytes();
    }
}
