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
 * What a user asks for, with every default filled in.
 *
 * @param name the user's name for it
 * @param preset the preset it started from
 * @param networks what is measured, in the user's order
 * @param depths where to measure networks that have no depths of their own: ascending, distinct, empty if there are none
 * @param inputs the points at which gradients are taken
 * @param statistics what is measured of them; iterates in the order of {@link Statistic}
 * @param runs independent draws of each network's weights
 * @param seed what every random draw follows from
 * @param precision the floating-point format of the networks
 * @param draws where hidden weights are drawn, of networks that leave the choice
 * @param device the class of devices that computes it, decided where the user left it to the service
 * @param priority from -100 to 100; higher comes first
 * @param cache whether cells that were computed before are taken over
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
     * @param label what results call it, unique in the experiment
     * @param network what it is
     * @param depths its own depths, ascending and distinct, in place of the experiment's
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

    /** The same, computed by another class of devices. */
    public ExperimentSpec on(DeviceClass other) {
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

    /** The depths at which a network of this experiment is measured; none for noise, which has no depth. */
    public List<Integer> effectiveDepths(NetworkEntry entry) {
        return switch (entry.network()) {
            case NetworkSpec.Noise _ -> List.of();
            case NetworkSpec.Rectifier _, NetworkSpec.Convolutional _ ->
                entry.depths() == null ? depths : entry.depths();
        };
    }

    public static Set<Statistic> inEnumOrder(Collection<Statistic> statistics) {
        EnumSet<Statistic> ordered = EnumSet.noneOf(Statistic.class);
        ordered.addAll(statistics);
        return Collections.unmodifiableSet(ordered);
    }
}
