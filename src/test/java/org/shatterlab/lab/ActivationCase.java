package org.shatterlab.lab;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;

/** A pair of an activation and an initialisation that supports the activation. */
public record ActivationCase(Activation activation, Initialization initialization) {

    /** Returns all pairs, with PReLU at several slopes. */
    public static List<ActivationCase> all() {
        return Stream.of(
                        new Activation.Relu(),
                        new Activation.Crelu(),
                        new Activation.Linear(),
                        new Activation.Prelu(0.25),
                        new Activation.Prelu(-0.6),
                        new Activation.Prelu(1))
                .flatMap(activation -> Arrays.stream(Initialization.values())
                        .filter(initialization -> initialization.supports(activation))
                        .map(initialization -> new ActivationCase(activation, initialization)))
                .toList();
    }

    /** Returns a network with this activation and this initialisation. */
    public NetworkSpec.Rectifier in(
            SkipConnection skipConnection, int width, Normalization normalization, double firstBiasStd) {
        return new NetworkSpec.Rectifier(
                skipConnection, width, normalization, activation, initialization, firstBiasStd);
    }
}
