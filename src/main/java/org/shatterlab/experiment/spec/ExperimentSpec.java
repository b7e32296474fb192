package org.shatterlab.experiment.spec;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.Statistic;

/**
 * A complete specification of an experiment, with every default filled in.
 *
 * @param name the name that the user gave to the experiment; null if the user gave none
 * @param preset the name of the preset that the specification started from; null without a preset
 * @param networks the networks to measure, in the user's order
 * @param depths the depths of networks without depths of their own, ascending and distinct; empty if the request has
 *     none
 * @param inputs the points at which gradients are taken
 * @param statistics the statistics to measure; the set iterates in the order of {@link Statistic}
 * @param runs the number of independent draws of each network's weights
 * @param seed the seed of every random draw of the experiment
 * @param precision the floating-point format of the networks
 * @param draws the place where hidden weights are drawn, for networks that leave the choice
 * @param device the class of devices that computes the experiment; {@code auto} is already resolved
 * @param priority a number from -100 to 100; experiments with a higher priority run first
 * @param cache whether the experiment reuses stored cells instead of computing them again
 */
public record ExperimentSpec(
        @Nullable String name,
        @Nullable String preset,
        List<NetworkEntry> networks,
        List<Integer> depths,
        InputSpec inputs,
        Set<Statistic> statistics,
        Runs runs,
        long seed,
        Precision precision,
        DrawSource draws,
        DeviceClass device,
        int priority,
        boolean cache) {

    /**
     * One network of an experiment.
     *
     * @param label the name of the network in results, unique in the experiment
     * @param network the specification of the network
     * @param depths the network's own depths, ascending and distinct; null if the depths of the experiment apply
     */
    public record NetworkEntry(
            String label, NetworkSpec network, @Nullable List<Integer> depths) {
        public NetworkEntry {
            depths = depths == null ? null : List.copyOf(depths);
        }
    }

    public ExperimentSpec {
        networks = List.copyOf(networks);
        depths = List.copyOf(depths);
        statistics = inEnumOrder(statistics);
    }

    /** Returns a copy of this specification for another class of devices. */
    public ExperimentSpec withDevice(DeviceClass other) {
        return new ExperimentSpec(
                name,
                preset,
                networks,
                depths,
                inputs,
                statistics,
                runs,
                seed,
                precision,
                draws,
                other,
                priority,
                cache);
    }

    /** Returns the depths at which a network of this experiment is measured; empty for noise, which has no depth. */
    public List<Integer> effectiveDepths(NetworkEntry entry) {
        return switch (entry.network()) {
            case NetworkSpec.Noise _ -> List.of();
            case NetworkSpec.Rectifier _, NetworkSpec.Convolutional _ ->
                entry.depths() == null ? depths : entry.depths();
        };
    }

    /** Returns an unmodifiable set of the statistics that iterates in the order of {@link Statistic}. */
    public static Set<Statistic> inEnumOrder(Collection<Statistic> statistics) {
        EnumSet<Statistic> ordered = EnumSet.noneOf(Statistic.class);
        ordered.addAll(statistics);
        return Collections.unmodifiableSet(ordered);
    }
}
