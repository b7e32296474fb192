package org.shatterlab.lab;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;

/** An activation and an initialisation that suits it. */
public record Layer(Activation activation, Initialization initialization) {

    /** Every pair that there is, PReLU at several slopes. */
    public static List<Layer> all() {
        return Stream.of(
                        new Activation.Relu(),
                        new Activation.Crelu(),
                        new Activation.Linear(),
                        new Activation.Prelu(0.25),
                        new Activation.Prelu(-0.6),
                        new Activation.Prelu(1))
                .flatMap(activation -> Arrays.stream(Initialization.values())
                        .filter(initialization -> initialization.suits(activation))
                        .map(initialization -> new Layer(activation, initialization)))
                .toList();
    }

    public NetworkSpec.Rectifier in(
            SkipConnection skipConnection, int width, Normalization normalization, double firstBiasStd) {
        return new NetworkSpec.Rectifier(
                skipConnection, width, normalization, activation, initialization, firstBiasStd);
    }
}
