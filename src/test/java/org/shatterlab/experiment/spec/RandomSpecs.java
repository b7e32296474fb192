package org.shatterlab.experiment.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.Dataset;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.NetworkSpec.Color;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.statistic.Statistic;

/** Generates valid specifications of every kind from a seed. */
public final class RandomSpecs {

    private static final Set<Statistic> VARIATION =
            Set.of(Statistic.AUTOCORRELATION, Statistic.OUTER_PRODUCT, Statistic.SPECTRAL_EXPONENT);

    private final Random random;

    public RandomSpecs(long seed) {
        random = new Random(seed);
    }

    public ExperimentSpec experiment() {
        InputSpec inputs = inputs();
        boolean shared = random.nextBoolean();
        List<NetworkEntry> networks = IntStream.rangeClosed(1, 1 + random.nextInt(4))
                .mapToObj(i -> entry("net " + i + " \"β\" \\ ~ 🧪", shared, inputs))
                .toList();
        Set<Statistic> statistics = statistics(inputs, networks);
        DeviceClass device = one(DeviceClass.values());
        return new ExperimentSpec(
                random.nextBoolean() ? null : "a name, maybe " + random.nextInt(),
                random.nextBoolean() ? null : "figure-2",
                networks,
                shared ? evenDepths() : List.of(),
                inputs,
                statistics,
                runs(statistics),
                seed(),
                precision(),
                device == DeviceClass.GPU ? one(DrawSource.values()) : DrawSource.HOST,
                device,
                random.nextInt(-100, 101),
                random.nextBoolean());
    }

    private Runs runs(Set<Statistic> statistics) {
        if (random.nextInt(3) > 0) {
            return new Runs.Fixed(1 + random.nextInt(40));
        }
        int min = 5 * (1 + random.nextInt(4));
        boolean both = random.nextBoolean();
        boolean relative = both || random.nextBoolean();
        return new Runs.Adaptive(
                min,
                min + random.nextInt(40),
                relative ? 1 - random.nextDouble() : null,
                both || !relative ? 10 * (1 - random.nextDouble()) : null,
                statistics.iterator().next());
    }

    InputSpec inputs() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> new InputSpec.Gaussian(2 + random.nextInt(500), 1 + random.nextInt(16384), seed());
            case 2 ->
                new InputSpec.GaussianMixture(
                        2 + random.nextInt(500), 1 + random.nextInt(16384), 1 + random.nextInt(20), number(), seed());
            case 3 -> images();
            default -> grid();
        };
    }

    InputSpec.Images images() {
        return new InputSpec.Images(
                Dataset.CIFAR_10, 2 + random.nextInt(500), seed(), random.nextBoolean(), SpecBodies.SHA256);
    }

    private InputSpec.Grid grid() {
        double from = random.nextInt(-3, 3) + (random.nextBoolean() ? 0 : random.nextDouble());
        return new InputSpec.Grid(from, from + 1 + random.nextInt(4) * 0.1, 17 + random.nextInt(490));
    }

    NetworkSpec network(InputSpec inputs) {
        return inputs instanceof InputSpec.Images && random.nextBoolean() ? convolutional() : network();
    }

    private NetworkSpec convolutional() {
        return new NetworkSpec.Convolutional(
                random.nextBoolean()
                        ? new SkipConnection.Feedforward()
                        : new SkipConnection.Resnet(0.5 + number(), number()),
                random.nextBoolean() ? 16 : 1 + random.nextInt(128),
                one(Normalization.values()));
    }

    NetworkSpec network() {
        return random.nextInt(5) == 0
                ? new NetworkSpec.Noise(random.nextBoolean() ? Color.WHITE : Color.BROWN)
                : rectifier();
    }

    private NetworkSpec.Rectifier rectifier() {
        Activation activation = one(new Activation[] {
            new Activation.Relu(),
            new Activation.Crelu(),
            new Activation.Linear(),
            new Activation.Prelu(1),
            new Activation.Prelu(0.25),
            new Activation.Prelu(1 - 2 * random.nextDouble())
        });
        Initialization initialization = one(Initialization.values());
        return new NetworkSpec.Rectifier(
                skipConnection(),
                random.nextBoolean() ? 200 : 1 + random.nextInt(4096),
                one(Normalization.values()),
                activation,
                initialization.supports(activation) ? initialization : Initialization.HE,
                number());
    }

    private NetworkEntry entry(String label, boolean shared, InputSpec inputs) {
        NetworkSpec network = network(inputs);
        boolean own = !(network instanceof NetworkSpec.Noise) && (!shared || random.nextBoolean());
        return new NetworkEntry(
                label, network, own ? network instanceof NetworkSpec.Convolutional ? evenDepths() : depths() : null);
    }

    private SkipConnection skipConnection() {
        return switch (random.nextInt(4)) {
            case 0 -> new SkipConnection.Feedforward();
            case 1 -> new SkipConnection.Resnet(0.5 + number(), -number() + 0.0);
            case 2 -> new SkipConnection.Highway(1 - random.nextDouble());
            default -> new SkipConnection.ScaledHighway();
        };
    }

    private double number() {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> random.nextDouble();
            case 3 -> 1e-300 * random.nextDouble();
            default -> 1e18 * random.nextDouble();
        };
    }

    List<Integer> depths() {
        return random.ints(1 + random.nextInt(6), 1, 1001)
                .distinct()
                .sorted()
                .boxed()
                .toList();
    }

    private Set<Statistic> statistics(InputSpec inputs, List<NetworkEntry> networks) {
        boolean linear =
                networks.stream().anyMatch(entry -> entry.network() instanceof NetworkSpec.Rectifier r && r.isLinear());
        boolean convolutional =
                networks.stream().anyMatch(entry -> entry.network() instanceof NetworkSpec.Convolutional);
        StatisticsReader rules = new StatisticsReader(SpecBodies.LIMITS, new Violations());
        List<Statistic> allowed = Arrays.stream(Statistic.values())
                .filter(statistic -> rules.violation(statistic, inputs) == null)
                // The limit of the raster depends on the width, which is drawn independently.
                .filter(statistic -> statistic != Statistic.ACTIVITY_RASTER)
                .filter(statistic -> !(linear && VARIATION.contains(statistic)))
                .filter(statistic -> !(convolutional && statistic.source() == Statistic.Source.ACTIVITY))
                .toList();
        return ExperimentSpec.inEnumOrder(allowed.subList(0, 1 + random.nextInt(allowed.size())));
    }

    /** Returns depths that are valid for every network. */
    private List<Integer> evenDepths() {
        return depths().stream().map(depth -> depth + depth % 2).distinct().toList();
    }

    Precision precision() {
        return one(Precision.values());
    }

    long seed() {
        return random.nextInt(4) == 0 ? random.nextInt(3) : random.nextLong();
    }

    private <T> T one(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
