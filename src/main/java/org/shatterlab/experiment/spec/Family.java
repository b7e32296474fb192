package org.shatterlab.experiment.spec;

import java.util.List;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.SkipConnection;

/** A kind of network with its name in the API and the fields that the API allows for this kind. */
enum Family {
    FEEDFORWARD("feedforward"),
    RESNET("resnet"),
    HIGHWAY("highway"),
    CONV_FEEDFORWARD("conv-feedforward"),
    CONV_RESNET("conv-resnet"),
    WHITE_NOISE("white-noise"),
    BROWN_NOISE("brown-noise");

    /** The fields of all families together, in the order in which error messages list them. */
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

    private static final List<String> NOISE_FIELDS = List.of("label", "family");
    private static final List<String> CONV_FEEDFORWARD_FIELDS =
            List.of("label", "family", "width", "normalization", "depths");
    private static final List<String> CONV_RESNET_FIELDS =
            List.of("label", "family", "width", "normalization", "alpha", "beta", "depths");
    private static final List<String> SKIP_CONNECTION_FIELDS = List.of("alpha", "beta", "gamma2");

    private final String apiName;

    Family(String apiName) {
        this.apiName = apiName;
    }

    /** Returns the family that a network belongs to. */
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

    /** Returns the fields that a network of this family may have, in the order of {@link #ALL_FIELDS}. */
    List<String> fields() {
        return switch (this) {
            case FEEDFORWARD -> rectifierFields(List.of());
            case RESNET -> rectifierFields(List.of("alpha", "beta"));
            case HIGHWAY -> rectifierFields(List.of("gamma2"));
            case CONV_FEEDFORWARD -> CONV_FEEDFORWARD_FIELDS;
            case CONV_RESNET -> CONV_RESNET_FIELDS;
            case WHITE_NOISE, BROWN_NOISE -> NOISE_FIELDS;
        };
    }

    private static List<String> rectifierFields(List<String> ownFields) {
        return ALL_FIELDS.stream()
                .filter(field -> ownFields.contains(field) || !SKIP_CONNECTION_FIELDS.contains(field))
                .toList();
    }
}
