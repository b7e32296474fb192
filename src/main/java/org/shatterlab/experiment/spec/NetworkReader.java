package org.shatterlab.experiment.spec;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.NetworkSpec.Color;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import tools.jackson.databind.JsonNode;

/** Reads one network of an experiment. */
final class NetworkReader {

    static final String SCALED = "1/sqrt(depth)";

    private static final int MAX_LABEL_LENGTH = 60;
    private static final Map<String, Family> FAMILIES = ApiNames.byName(Family.values(), Family::apiName);
    private static final Map<String, Normalization> NORMALIZATIONS =
            ApiNames.byName(Normalization.values(), Normalization::apiName);
    private static final Activation.Prelu PRELU = new Activation.Prelu(SpecDefaults.SLOPE);
    private static final Map<String, Activation> ACTIVATIONS = ApiNames.byName(
            new Activation[] {new Activation.Relu(), new Activation.Crelu(), new Activation.Linear(), PRELU},
            Activation::apiName);
    private static final Map<String, Initialization> INITIALIZATIONS =
            ApiNames.byName(Initialization.values(), Initialization::apiName);
    private static final String CIRCLE = "gamma1^2 + gamma2^2 = 1";
    private static final String GAMMA2 =
            "a number greater than 0 and at most 1, or \"" + SCALED + "\"; gamma1 follows from " + CIRCLE;
    /**
     * The parameters of the paper that are no fields because they follow from other fields, with an error message each.
     */
    private static final Map<String, String> DERIVED =
            Map.of("gamma1", "is not a field; gamma1 follows from gamma2, since " + CIRCLE);

    /** The error message for odd depths of convolutional networks. */
    static final String EVEN_DEPTHS =
            "must be even for convolutional networks; a depth counts 3 x 3 convolutions, and each block has two";

    private final Limits limits;
    private final @Nullable InputSpec inputs;
    private final DepthsReader depths;
    private final double defaultFirstBiasStd;

    /**
     * Creates a reader of networks.
     *
     * @param inputs the inputs of the experiment; null if the inputs are invalid, which skips the checks against inputs
     */
    NetworkReader(Limits limits, Violations violations, @Nullable InputSpec inputs) {
        this.limits = limits;
        this.inputs = inputs;
        this.depths = new DepthsReader(limits, violations);
        this.defaultFirstBiasStd = inputs == null ? 0 : SpecDefaults.firstBiasStd(inputs);
    }

    /**
     * Returns the network, or null if the family is unknown. If a field is invalid, the returned network has a fallback
     * in place of the field and must not be used.
     */
    @Nullable
    NetworkEntry read(JsonObjectReader fields) {
        Family family = fields.requiredChoice("family", FAMILIES);
        if (family == null) {
            fields.onlyKnown(Family.ALL_FIELDS);
        } else {
            Map<String, String> derived = family == Family.HIGHWAY ? DERIVED : Map.of();
            fields.onlyKnown(family.fields(), Family.ALL_FIELDS, "family " + family.apiName(), derived);
        }
        String label = label(fields, family == null ? "" : family.apiName());
        NetworkSpec network = network(fields, family == null ? Family.FEEDFORWARD : family);
        JsonNode own = family != null && family.isNoise() ? null : fields.get("depths");
        List<Integer> ownDepths = own == null ? null : depths.read(own, fields.at("depths"));
        if (family != null && family.isConvolutional()) {
            checkConvolutional(fields, ownDepths);
        }
        return family == null ? null : new NetworkEntry(label, network, ownDepths);
    }

    private NetworkSpec network(JsonObjectReader fields, Family family) {
        return switch (family) {
            case FEEDFORWARD, RESNET, HIGHWAY -> rectifier(fields, family);
            case CONV_FEEDFORWARD, CONV_RESNET -> convolutional(fields, family);
            case WHITE_NOISE -> new NetworkSpec.Noise(Color.WHITE);
            case BROWN_NOISE -> new NetworkSpec.Noise(Color.BROWN);
        };
    }

    private void checkConvolutional(JsonObjectReader fields, @Nullable List<Integer> ownDepths) {
        if (inputs != null && !(inputs instanceof InputSpec.Images)) {
            fields.reject("family", "needs images; inputs must be of type \"dataset\"");
        }
        if (ownDepths != null && !areEven(ownDepths)) {
            fields.reject("depths", EVEN_DEPTHS);
        }
    }

    static boolean areEven(List<Integer> depths) {
        return depths.stream().allMatch(depth -> depth % 2 == 0);
    }

    private static String label(JsonObjectReader fields, String fallback) {
        JsonNode value = fields.get("label");
        if (value == null) {
            return fallback;
        }
        String violation = labelViolation(value);
        if (violation == null) {
            return value.stringValue();
        }
        fields.reject("label", violation);
        // The pointer differs from every other label, so the network gets no second violation for a repeated label.
        return fields.pointer();
    }

    private static @Nullable String labelViolation(JsonNode value) {
        if (!value.isString()) {
            return "must be text of 1 to " + MAX_LABEL_LENGTH + " characters";
        }
        String label = value.stringValue();
        String violation = TextRules.violation(label, MAX_LABEL_LENGTH);
        if (violation == null && (label.contains("/") || label.equals(".") || label.equals(".."))) {
            return "must not contain \"/\" and must not be \".\" or \"..\", because URL paths contain the label";
        }
        return violation;
    }

    private NetworkSpec rectifier(JsonObjectReader fields, Family family) {
        Activation activation = activation(fields);
        return new NetworkSpec.Rectifier(
                skipConnection(fields, family),
                fields.integer("width", 1, limits.width(), SpecDefaults.WIDTH, "width"),
                fields.choice("normalization", NORMALIZATIONS, SpecDefaults.NORMALIZATION),
                activation == null ? SpecDefaults.ACTIVATION : activation,
                initialization(fields, activation),
                fields.number("firstBiasStd", defaultFirstBiasStd, std -> std >= 0, "a number of at least 0"));
    }

    private NetworkSpec convolutional(JsonObjectReader fields, Family family) {
        return new NetworkSpec.Convolutional(
                skipConnection(fields, family),
                fields.integer("width", 1, limits.channels(), SpecDefaults.CHANNELS, "channels"),
                fields.choice("normalization", NORMALIZATIONS, SpecDefaults.NORMALIZATION));
    }

    /** Returns the activation; null if the activation or its slope is invalid. */
    private static @Nullable Activation activation(JsonObjectReader fields) {
        int before = fields.violations().count();
        Activation chosen = fields.choice("activation", ACTIVATIONS, SpecDefaults.ACTIVATION);
        boolean refused = fields.violations().count() > before;
        if (refused || chosen.equals(PRELU)) {
            double slope = fields.number(
                    "slope", SpecDefaults.SLOPE, number -> Math.abs(number) <= 1, "a number from -1 to 1");
            return fields.violations().count() > before ? null : new Activation.Prelu(slope);
        }
        if (fields.has("slope")) {
            fields.reject("slope", "applies to activation \"prelu\" only");
        }
        return chosen;
    }

    private static Initialization initialization(JsonObjectReader fields, @Nullable Activation activation) {
        Initialization chosen = fields.choice("initialization", INITIALIZATIONS, SpecDefaults.INITIALIZATION);
        if (activation != null && !chosen.supports(activation)) {
            fields.reject(
                    "initialization",
                    "needs activation \"crelu\", or \"prelu\" with slope 1; with other activations no weights make the network linear");
        }
        return chosen;
    }

    private static SkipConnection skipConnection(JsonObjectReader fields, Family family) {
        return switch (family) {
            case RESNET, CONV_RESNET ->
                new SkipConnection.Resnet(
                        fields.number("alpha", SpecDefaults.ALPHA, alpha -> alpha != 0, "a number other than 0"),
                        fields.number("beta", SpecDefaults.BETA, any -> true, "a number"));
            case HIGHWAY -> highway(fields);
            case FEEDFORWARD, CONV_FEEDFORWARD, WHITE_NOISE, BROWN_NOISE -> new SkipConnection.Feedforward();
        };
    }

    private static SkipConnection highway(JsonObjectReader fields) {
        JsonNode gamma2 = fields.get("gamma2");
        if (gamma2 == null) {
            fields.reject("gamma2", "is required for family highway: " + GAMMA2);
        } else if (gamma2.isString() && gamma2.stringValue().equals(SCALED)) {
            return new SkipConnection.ScaledHighway();
        }
        return new SkipConnection.Highway(fields.number("gamma2", 1, gamma -> gamma > 0 && gamma <= 1, GAMMA2));
    }
}
