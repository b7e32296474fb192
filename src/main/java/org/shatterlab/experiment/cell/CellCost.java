package org.shatterlab.experiment.cell;

import java.util.List;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.RunMemoryEstimate;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.SampledConvnet;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.statistic.Statistic.Source;

/**
 * The estimated cost of measuring a cell. The estimate follows from the recursion
 * {@code h_l = a h_{l-1} + b W_l rho(n_l(h_{l-1}))} alone.
 *
 * <p>M is the number of inputs, d their dimension, N the width and D the number of depths. S is the number of computed
 * layers: the deepest depth, or the sum of the depths if every depth is a different network. A is 2 under CReLU,
 * otherwise 1. One run of a network takes these operations:
 *
 * <pre>
 * 4 A M N^2 S        two products with W_l for each layer: hidden states and tangents
 * 2 M d N            the first layer, for each pass through the network
 * {@value #ELEMENT_WISE} A M N S       normalisation, rectifier, its slope, and the sum of the two paths
 * 4 (A - 1/3) N^3 S  the QR decomposition of orthogonal weights; A is 1 for looks-linear weights
 * 4 M N D            variance and correlation, in float64
 * 2 M N D            the gradient of one readout, if a statistic needs the gradient
 * 2 M^2 N D          the covariance, if a statistic needs the covariance, in float64
 * {@value #ACTIVITY} M N S          the activity of the units, if a statistic needs the activity
 * </pre>
 *
 * <p>A statistic that needs input gradients takes more operations. Z is the sum of the depths, m the smaller of M and
 * d, and q the larger of M and d:
 *
 * <pre>
 * 2 A M N^2 (S + Z)  a product with W_l for each layer of the hidden states and of the adjoint of each depth
 * 2 M d N (1 + D)    the first layer, forward once and backward for each depth
 * {@value #ELEMENT_WISE} A M N (S + Z) / 2
 * (2 m^2 q + {@value #EIGENVALUES} m^3) (D + 1)
 *                    the products of gradients and their eigenvalues, with the reference, in float64
 * </pre>
 *
 * <p>The host also draws A N^2 weights for each layer, unless the device draws the weights. A draw takes time but no
 * floating-point operations. Noise takes M^2 operations for its covariance. Each call of the engine, each prediction
 * and each row takes a fixed time, which is most of the time of a small network.
 *
 * @param operations the number of floating-point operations
 * @param work the time of the computation, in float32 operations of a matrix product that take as long
 * @param fixedSeconds the time that depends on neither the size of arrays nor the speed of the core
 * @param memoryBytes the peak memory of the cell, without the memory that the service itself needs
 */
public record CellCost(double operations, double work, double fixedSeconds, double memoryBytes) {

    /** The largest estimated cost of a small cell, in seconds of a core. */
    private static final double MAX_SMALL_SECONDS = 0.02;

    private static final int ELEMENT_WISE = 14;
    private static final int ACTIVITY = 5;
    private static final int EIGENVALUES = 4;

    /** The JVM computes the eigenvalues. One of its operations takes as long as this many operations of a product. */
    private static final double EIGENVALUE_WORK = 14;

    /** Memory limits element-wise operations. One takes as long as this many operations of a product. */
    private static final double ELEMENT_WISE_WORK = 12;

    /** The draw of one weight takes as long as this many operations of a product. */
    private static final double DRAW_WORK = 300;

    /** Plain Java computes the QR decomposition in float64. One operation takes as long as this many of a product. */
    private static final double QR_WORK = 20;

    private static final double DOUBLE_WORK = 2;

    private static final double SECONDS_PER_CELL = 1e-3;
    private static final double SECONDS_PER_LAYER = 4e-5;
    private static final double SECONDS_PER_SAMPLE = 8e-5;

    /** The time to store the rows of one depth of a cell. */
    private static final double SECONDS_PER_DEPTH = 3e-4;

    private static final double SECONDS_PER_LAYER_ROW = 5e-5;
    private static final int KERNEL_TAPS = SampledConvnet.KERNEL * SampledConvnet.KERNEL;
    private static final int ELEMENT_WISE_OF_CONVOLUTION = 8;

    /**
     * Returns the estimated time in seconds.
     *
     * @param workPerSecond the speed of the core, in float32 operations of a matrix product per second
     */
    public double seconds(double workPerSecond) {
        return work / workPerSecond + fixedSeconds;
    }

    /** Estimates the cost of a cell. */
    public static CellCost of(CellSpec cell) {
        RunCost run = switch (cell.network()) {
            case NetworkSpec.Rectifier network -> run(cell, network);
            case NetworkSpec.Convolutional network -> convolutions(cell, network);
            case NetworkSpec.Noise _ -> noise(cell);
        };
        long perLayer = cell.statistics().stream().filter(Statistic::isPerLayer).count();
        return new CellCost(
                cell.runs() * run.operations(),
                cell.runs() * run.work(),
                cell.runs() * run.fixedSeconds()
                        + SECONDS_PER_DEPTH * cell.depths().size()
                        + SECONDS_PER_LAYER_ROW * perLayer * sum(cell.depths())
                        + SECONDS_PER_CELL,
                RunMemoryEstimate.of(cell).bytes());
    }

    /** The cost of one run, without the costs that a cell has only once. */
    private record RunCost(double operations, double work, double fixedSeconds) {}

    private static double sum(List<Integer> depths) {
        return depths.stream().mapToDouble(depth -> depth).sum();
    }

    private static RunCost run(CellSpec cell, NetworkSpec.Rectifier network) {
        if (!Statistic.anyFrom(Source.INPUT_GRADIENTS, cell.statistics())) {
            return sweep(cell, network);
        }
        RunCost back = adjoints(cell, network);
        if (cell.statistics().stream().allMatch(statistic -> statistic.source() == Source.INPUT_GRADIENTS)) {
            return back;
        }
        RunCost up = sweep(cell, network);
        return new RunCost(
                up.operations() + back.operations(), up.work() + back.work(), up.fixedSeconds() + back.fixedSeconds());
    }

    private static RunCost adjoints(CellSpec cell, NetworkSpec.Rectifier network) {
        double points = cell.inputs().points();
        double dimension = cell.inputs().dimension();
        double width = network.width();
        double depths = cell.depths().size();
        double down = sum(cell.depths());
        double up =
                network.skipConnection().dependsOnDepth() ? down : cell.depths().getLast();
        double layers = (up + down) / 2;
        double fewer = Math.min(points, dimension);
        double more = Math.max(points, dimension);
        double slowness = slowness(cell);

        double outputsPerUnit = network.activation().outputsPerUnit();
        double products =
                4 * outputsPerUnit * points * width * width * layers + 2 * points * dimension * width * (1 + depths);
        double elementWise = ELEMENT_WISE * outputsPerUnit * points * width * layers;
        double grams = 2 * fewer * fewer * more * (depths + 1);
        double eigenvalues = EIGENVALUES * fewer * fewer * fewer * (depths + 1);
        // The forward pass and the backward pass each draw the weights. The reference is drawn once.
        double draws = 2 * hostWeights(cell, network) * up + points * dimension;
        double decompositions = 2 * decomposition(network) * up;
        return new RunCost(
                products + elementWise + grams + eigenvalues + decompositions,
                slowness * (products + ELEMENT_WISE_WORK * elementWise)
                        + DOUBLE_WORK * grams
                        + EIGENVALUE_WORK * eigenvalues
                        + QR_WORK * decompositions
                        + DRAW_WORK * draws,
                2 * SECONDS_PER_LAYER * up + SECONDS_PER_SAMPLE * depths);
    }

    private static RunCost sweep(CellSpec cell, NetworkSpec.Rectifier network) {
        double points = cell.inputs().points();
        double dimension = cell.inputs().dimension();
        double width = network.width();
        double depths = cell.depths().size();
        boolean eachDepth = network.skipConnection().dependsOnDepth();
        double layers = eachDepth ? sum(cell.depths()) : cell.depths().getLast();
        boolean covariance = Statistic.anyFrom(Source.COVARIANCE, cell.statistics());
        boolean gradient = Statistic.anyFrom(Source.SERIES, cell.statistics());

        double outputsPerUnit = network.activation().outputsPerUnit();
        double products = 4 * outputsPerUnit * points * width * width * layers
                + 2 * points * dimension * width * (eachDepth ? depths : 1);
        boolean activity = Statistic.anyFrom(Source.ACTIVITY, cell.statistics());
        double elementWise = (ELEMENT_WISE * outputsPerUnit + (activity ? ACTIVITY : 0)) * points * width * layers;
        double statistics =
                points * width * depths * (gradient ? 6 : 4) + (covariance ? 2 * points * points * width * depths : 0);
        double weights = hostWeights(cell, network) * layers;
        double decompositions = decomposition(network) * layers;
        double slowness = slowness(cell);
        return new RunCost(
                products + elementWise + decompositions + statistics,
                slowness * (products + ELEMENT_WISE_WORK * elementWise)
                        + DOUBLE_WORK * statistics
                        + QR_WORK * decompositions
                        + DRAW_WORK * weights,
                SECONDS_PER_LAYER * layers + SECONDS_PER_SAMPLE * depths);
    }

    /**
     * Returns the cost of one run of a convolutional network. A layer of C channels takes 18 C^2 operations for each
     * position of each image. Each layer is computed once for the statistics of the batch and once more for the slopes.
     * Each depth adds one backward pass.
     */
    private static RunCost convolutions(CellSpec cell, NetworkSpec.Convolutional network) {
        double points = cell.inputs().points();
        double dimension = cell.inputs().dimension();
        double channels = network.channels();
        double depths = cell.depths().size();
        double deepest = cell.depths().getLast();
        double differentiated = sum(cell.depths());
        boolean covariance = Statistic.anyFrom(Source.COVARIANCE, cell.statistics());

        double positions = cell.inputs() instanceof InputSpec.Images images
                ? Math.pow(images.dataset().side(), 2)
                : dimension;
        double state = points * positions * channels;
        double layers = 2 * deepest + differentiated;
        double products = 2 * KERNEL_TAPS * state * channels * layers
                + 2 * KERNEL_TAPS * channels * points * dimension * (2 + depths);
        double elementWise = ELEMENT_WISE_OF_CONVOLUTION * state * layers / 2;
        double statistics =
                points * dimension * depths * 4 + (covariance ? 2 * points * points * dimension * depths : 0);
        double slowness = slowness(cell);
        return new RunCost(
                products + elementWise + statistics,
                slowness * (products + ELEMENT_WISE_WORK * elementWise) + DOUBLE_WORK * statistics,
                SECONDS_PER_LAYER * layers + SECONDS_PER_SAMPLE * depths);
    }

    private static double slowness(CellSpec cell) {
        return cell.precision() == Precision.FLOAT32 ? 1 : DOUBLE_WORK;
    }

    /** Returns the number of weights of a layer that the host draws. */
    private static double hostWeights(CellSpec cell, NetworkSpec.Rectifier network) {
        return switch (cell.draws()) {
            case HOST -> network.activation().outputsPerUnit() * Math.pow(network.width(), 2);
            case DEVICE -> 0;
        };
    }

    private static double decomposition(NetworkSpec.Rectifier network) {
        int rows = network.initialization().decomposedRows(network.activation());
        return rows == 0 ? 0 : 4 * (rows - 1.0 / 3) * Math.pow(network.width(), 3);
    }

    private static RunCost noise(CellSpec cell) {
        double points = cell.inputs().points();
        double operations =
                points * 4 + (Statistic.anyFrom(Source.COVARIANCE, cell.statistics()) ? points * points : 0);
        return new RunCost(operations, operations + DRAW_WORK * points, 0);
    }

    /**
     * Returns whether a cell is small. Small cells take less time than a lease and a publication, and are computed in
     * batches.
     *
     * @param cost the estimated cost, in seconds of a core or of a GPU
     */
    public static boolean isSmall(double cost, DeviceClass device) {
        return device == DeviceClass.CPU && cost <= MAX_SMALL_SECONDS;
    }
}
