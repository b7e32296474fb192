package org.shatterlab.experiment.spec;

import java.util.List;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.SkipConnection;

/** What the API calls a kind of network, and the fields that such a network has. */
enum Family {
    FEEDFORWARD("feedforward"),
    RESNET("resnet"),
    HIGHWAY("highway"),
    CONV_FEEDFORWARD("conv-feedforward"),
    CONV_RESNET("conv-resnet"),
    WHITE_NOISE("white-noise"),
    BROWN_NOISE("brown-noise");

    /** The fields of any family, in the order in which they are listed to a user. */
    static final List<String> ALL_FIELDS = List.of(
            "label",
            "family",
            "width",
            "normalization",
            "alpha",
            "beta",
            "gamma2",
            "activation",
            "slope",
            "initialization",
            "firstBiasStd",
            "depths");

    private static final List<String> OF_NOISE = List.of("label", "family");
    private static final List<String> OF_CONV_FEEDFORWARD =
            List.of("label", "family", "width", "normalization", "depths");
    private static final List<String> OF_CONV_RESNET =
            List.of("label", "family", "width", "normalization", "alpha", "beta", "depths");
    private static final List<String> OF_SOME_WIRING = List.of("alpha", "beta", "gamma2");

    private final String apiName;

    Family(String apiName) {
        this.apiName = apiName;
    }

    static Family of(NetworkSpec network) {
        return switch (network) {
            case NetworkSpec.Noise(NetworkSpec.Color color) ->
                switch (color) {
                    case WHITE -> WHITE_NOISE;
                    case BROWN -> BROWN_NOISE;
                };
            case NetworkSpec.Convolutional convolutional ->
                convolutional.skipConnection() instanceof SkipConnection.Resnet ? CONV_RESNET : CONV_FEEDFORWARD;
            case NetworkSpec.Rectifier rectifier ->
                switch (rectifier.skipConnection()) {
                    case SkipConnection.Feedforward _ -> FEEDFORWARD;
                    case SkipConnection.Resnet _ -> RESNET;
                    case SkipConnection.Highway _, SkipConnection.ScaledHighway _ -> HIGHWAY;
                };
        };
    }

    String apiName() {
        return apiName;
    }

    boolean isNoise() {
        return this == WHITE_NOISE || this == BROWN_NOISE;
    }

    boolean isConvolutional() {
        return this == CONV_FEEDFORWARD || this == CONV_RESNET;
    }

    List<String> fields() {
        return switch (this) {
            case FEEDFORWARD -> ofRectifier(List.of());
            case RESNET -> ofRectifier(List.of("alpha", "beta"));
            case HIGHWAY -> ofRectifier(List.of("gamma2"));
            case CONV_FEEDFORWARD -> OF_CONV_FEEDFORWARD;
            case CONV_RESNET -> OF_CONV_RESNET;
            case WHITE_NOISE, BROWN_NOISE -> OF_NOISE;
        };
    }

    private static List<String> ofRectifier(List<String> ofWiring) {
        return ALL_FIELDS.stream()
                .filter(field -> ofWiring.contains(field) || !OF_SOME_WIRING.contains(field))
                .toList();
    }
}
