package org.shatterlab.lab;

import static org.shatterlab.lab.statistic.Statistic.ACTIVATION_RATE;
import static org.shatterlab.lab.statistic.Statistic.ACTIVITY_RASTER;
import static org.shatterlab.lab.statistic.Statistic.AUTOCORRELATION;
import static org.shatterlab.lab.statistic.Statistic.CONTIGUITY_HISTOGRAM;
import static org.shatterlab.lab.statistic.Statistic.COVARIANCE;
import static org.shatterlab.lab.statistic.Statistic.EFFECTIVE_RANK;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT_CORRELATION;
import static org.shatterlab.lab.statistic.Statistic.GRADIENT_VARIANCE;
import static org.shatterlab.lab.statistic.Statistic.RELATIVE_EFFECTIVE_RANK;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.Dataset;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.Statistic;

/** A cell whose memory is measured. Its arrays are large compared with the other memory of a process. */
enum MemoryTestCell {
    WIDE(rectifier(2048, Normalization.NONE), grid(2048), List.of(2, 4)),
    WIDE_IN_FLOAT64(rectifier(2048, Normalization.NONE), grid(2048), List.of(2, 4), Precision.FLOAT64),
    BATCH_NORM(rectifier(2048, Normalization.BATCH_NORM), grid(2048), List.of(2, 4)),
    CRELU(rectifier(1024, new Activation.Crelu(), Initialization.HE), grid(2048), List.of(2, 4)),
    ORTHOGONAL(rectifier(768, new Activation.Relu(), Initialization.ORTHOGONAL), grid(4096), List.of(1)),
    LOOKS_LINEAR(
            rectifier(1024, new Activation.Crelu(), Initialization.LOOKS_LINEAR),
            grid(1024),
            List.of(1),
            GRADIENT_VARIANCE),
    COVARIANCES(
            rectifier(2048, Normalization.NONE),
            grid(512),
            IntStream.rangeClosed(1, 16).boxed().toList(),
            COVARIANCE),
    ACTIVITY(rectifier(1024, Normalization.NONE), grid(4096), List.of(2, 4), ACTIVATION_RATE, CONTIGUITY_HISTOGRAM),
    RASTERS(
            rectifier(512, Normalization.NONE),
            grid(2048),
            IntStream.rangeClosed(1, 6).boxed().toList(),
            ACTIVITY_RASTER),
    LONG_INPUTS(rectifier(64, Normalization.NONE), new InputSpec.Gaussian(1024, 8192, 1), List.of(2)),
    RANKS(
            rectifier(512, Normalization.NONE),
            new InputSpec.Gaussian(1024, 256, 1),
            List.of(10, 20, 40, 60),
            EFFECTIVE_RANK,
            RELATIVE_EFFECTIVE_RANK),
    RANKS_OF_CRELU(
            rectifier(256, new Activation.Crelu(), Initialization.HE),
            new InputSpec.Gaussian(1024, 256, 1),
            IntStream.rangeClosed(1, 20).boxed().toList(),
            EFFECTIVE_RANK,
            GRADIENT_VARIANCE),
    RANKS_IN_FLOAT64(
            rectifier(256, Normalization.BATCH_NORM),
            new InputSpec.Gaussian(1024, 256, 1),
            List.of(10, 20, 40, 60),
            Precision.FLOAT64,
            EFFECTIVE_RANK),
    RANKS_OF_LONG_INPUTS(
            rectifier(128, Normalization.NONE), new InputSpec.Gaussian(256, 8192, 1), List.of(2, 4, 6), EFFECTIVE_RANK),
    CONVOLUTIONS(
            new NetworkSpec.Convolutional(new SkipConnection.Resnet(0.9, 1), 32, Normalization.BATCH_NORM),
            List.of(4, 8)),
    CONVOLUTIONS_OF_MANY_DEPTHS(
            new NetworkSpec.Convolutional(new SkipConnection.Feedforward(), 16, Normalization.NONE),
            List.of(2, 4, 6, 8, 10, 12, 14, 16)),
    CONVOLUTIONS_IN_FLOAT64(
            new NetworkSpec.Convolutional(new SkipConnection.Resnet(1, 1), 16, Normalization.MEAN_CENTERING),
            List.of(2, 6),
            Precision.FLOAT64),

    SHALLOW(rectifier(128, Normalization.BATCH_NORM), grid(8192), List.of(10)),
    DEEP(rectifier(128, Normalization.BATCH_NORM), grid(8192), List.of(200)),

    /** A cell whose arrays take 1 MiB each. */
    REPEATED(
            rectifier(512, Normalization.BATCH_NORM),
            new InputSpec.Gaussian(512, 64, 1),
            List.of(2),
            COVARIANCE,
            ACTIVATION_RATE,
            EFFECTIVE_RANK),

    /** A cell whose arrays take 1 MiB to 2 MiB each. */
    REPEATED_CONVOLUTIONS(
            new NetworkSpec.Convolutional(new SkipConnection.Resnet(1, 1), 4, Normalization.BATCH_NORM), List.of(2));

    /** The number of images in the batch of each convolutional cell. */
    static final int IMAGES = 128;

    private static final int FEW_UNITS = 4;

    @SuppressWarnings("ImmutableEnumChecker") // The function captures only the immutable arguments of the constructor.
    private final Function<DatasetFolder, CellSpec> cell;

    MemoryTestCell(NetworkSpec network, InputSpec inputs, List<Integer> depths, Statistic... statistics) {
        this(network, inputs, depths, Precision.FLOAT32, statistics);
    }

    MemoryTestCell(
            NetworkSpec network, InputSpec inputs, List<Integer> depths, Precision precision, Statistic... statistics) {
        this.cell = _ -> cell(
                network,
                inputs,
                depths,
                precision,
                statistics.length == 0 ? Set.of(GRADIENT_CORRELATION, AUTOCORRELATION) : Set.of(statistics));
    }

    MemoryTestCell(NetworkSpec.Convolutional network, List<Integer> depths) {
        this(network, depths, Precision.FLOAT32);
    }

    MemoryTestCell(NetworkSpec.Convolutional network, List<Integer> depths, Precision precision) {
        this.cell = datasets -> cell(
                network,
                new InputSpec.Images(
                        Dataset.CIFAR_10,
                        IMAGES,
                        1,
                        false,
                        datasets.find(Dataset.CIFAR_10).sha256()),
                depths,
                precision,
                Set.of(GRADIENT_VARIANCE));
    }

    private static CellSpec cell(
            NetworkSpec network,
            InputSpec inputs,
            List<Integer> depths,
            Precision precision,
            Set<Statistic> statistics) {
        return new CellSpec(network, inputs, depths, statistics, precision, DrawSource.HOST, 1702, 0, 2);
    }

    private static NetworkSpec rectifier(int width, Normalization normalization) {
        return new NetworkSpec.Rectifier(new SkipConnection.Resnet(0.9, 1), width, normalization, 1);
    }

    private static NetworkSpec rectifier(int width, Activation activation, Initialization initialization) {
        return new NetworkSpec.Rectifier(
                new SkipConnection.Resnet(0.9, 1), width, Normalization.NONE, activation, initialization, 1);
    }

    private static InputSpec grid(int points) {
        return new InputSpec.Grid(-2, 2, points);
    }

    /** Returns the specification of the cell. */
    CellSpec of(DatasetFolder datasets) {
        return cell.apply(datasets);
    }

    /** Returns the specification with few units, so that the cell runs the same code with little memory. */
    CellSpec small(DatasetFolder datasets) {
        CellSpec large = of(datasets);
        NetworkSpec network = switch (large.network()) {
            case NetworkSpec.Rectifier r ->
                new NetworkSpec.Rectifier(
                        r.skipConnection(),
                        FEW_UNITS,
                        r.normalization(),
                        r.activation(),
                        r.initialization(),
                        r.firstBiasStd());
            case NetworkSpec.Convolutional c ->
                new NetworkSpec.Convolutional(c.skipConnection(), FEW_UNITS, c.normalization());
            case NetworkSpec.Noise noise -> noise;
        };
        return new CellSpec(
                network,
                large.inputs(),
                large.depths(),
                large.statistics(),
                large.precision(),
                large.draws(),
                large.seed(),
                large.firstRun(),
                large.runs());
    }
}
