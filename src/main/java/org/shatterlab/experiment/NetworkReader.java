package org.shatterlab.experiment;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.NetworkSpec.Color;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.Wiring;
import tools.jackson.databind.JsonNode;

/** Reads one network of an experiment. */
final class NetworkReader {

    static final String SCALED = "1/sqrt(depth)";

    private static final int LONGEST_LABEL = 60;
    private static final Map<String, Family> FAMILIES = Names.byName(Family.values(), Family::apiName);
    private static final Map<String, Normalization> NORMALIZATIONS =
            Names.byName(Normalization.values(), Normalization::apiName);
    private static final Activation.Prelu PRELU = new Activation.Prelu(Defaults.SLOPE);
    private static final Map<String, Activation> ACTIVATIONS = Names.byName(
            new Activation[] {new Activation.Relu(), new Activation.Crelu(), new Activation.Linear(), PRELU},
            Activation::apiName);
    private static final Map<String, Initialization> INITIALIZATIONS =
            Names.byName(Initialization.values(), Initialization::apiName);
    private static final String CIRCLE = "gamma1^2 + gamma2^2 = 1";
    private static final String GAMMA2 =
            "a number greater than 0 and at most 1, or \"" + SCALED + "\"; gamma1 follows from " + CIRCLE;
    /** What a reader of the paper may look for, and why it is not there. */
    private static final Map<String, String> DERIVED =
            Map.of("gamma1", "is not given: it follows from gamma2, since " + CIRCLE);

    /** What depths of convolutional networks must be. */
    static final String EVEN_DEPTHS =
            "must be even for convolutional networks: they count 3 x 3 convolutions, two to a block";

    private final Limits limits;
    private final @Nullable InputSpec inputs;
    private final DepthsReader depths;
    private final double defaultFirstBiasStd;

    /**
     * A reader of networks.
     *
     * @param inputs where they are measured; null if that was refused
     */
    NetworkReader(Limits limits, Violations violations, @Nullable InputSpec inputs) {
        this.limits = limits;
        this.inputs = inputs;
        this.depths = new DepthsReader(limits, violations);
        this.defaultFirstBiasStd = inputs == null ? 0 : Defaults.firstBiasStd(inputs);
    }

    /** The network; one in its place that was not asked for if anything is refused; null if not even its family is known. */
    @Nullable
    NetworkEntry read(Fields fields) {
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

    private NetworkSpec network(Fields fields, Family family) {
        return switch (family) {
            case FEEDFORWARD, RESNET, HIGHWAY -> rectifier(fields, family);
            case CONV_FEEDFORWARD, CONV_RESNET -> convolutional(fields, family);
            case WHITE_NOISE -> new NetworkSpec.Noise(Color.WHITE);
            case BROWN_NOISE -> new NetworkSpec.Noise(Color.BROWN);
        };
    }

    private void checkConvolutional(Fields fields, @Nullable List<Integer> ownDepths) {
        if (inputs != null && !(inputs instanceof InputSpec.Images)) {
            fields.refuse("family", "looks at images: inputs must be of type \"dataset\"");
        }
        if (ownDepths != null && !areEven(ownDepths)) {
            fields.refuse("depths", EVEN_DEPTHS);
        }
    }

    static boolean areEven(List<Integer> depths) {
        return depths.stream().allMatch(depth -> depth % 2 == 0);
    }

    private static String label(Fields fields, String fallback) {
        JsonNode value = fields.get("label");
        if (value == null) {
            return fallback;
        }
        String problem = labelProblem(value);
        if (problem == null) {
            return value.stringValue();
        }
        fields.refuse("label", problem);
        // Like no other label, so that it is not refused a second time for that.
        return fields.pointer();
    }

    private static @Nullable String labelProblem(JsonNode value) {
        if (!value.isString()) {
            return "must be text of 1 to " + LONGEST_LABEL + " characters";
        }
        String label = value.stringValue();
        String problem = Text.problem(label, LONGEST_LABEL);
        if (problem == null && (label.contains("/") || label.equals(".") || label.equals(".."))) {
            return "must not contain \"/\" nor be \".\" or \"..\": it is part of URL paths";
        }
        return problem;
    }

    private NetworkSpec rectifier(Fields fields, Family family) {
        Activation activation = activation(fields);
        return new NetworkSpec.Rectifier(
                wiring(fields, family),
                fields.integer("width", 1, limits.width(), Defaults.WIDTH, "width"),
                fields.choice("normalization", NORMALIZATIONS, Defaults.NORMALIZATION),
                activation == null ? Defaults.ACTIVATION : activation,
                initialization(fields, activation),
                fields.number("firstBiasStd", defaultFirstBiasStd, std -> std >= 0, "a number of at least 0"));
    }

    private NetworkSpec convolutional(Fields fields, Family family) {
        return new NetworkSpec.Convolutional(
                wiring(fields, family),
                fields.integer("width", 1, limits.channels(), Defaults.CHANNELS, "channels"),
                fields.choice("normalization", NORMALIZATIONS, Defaults.NORMALIZATION));
    }

    /** Null if it is refused. */
    private static @Nullable Activation activation(Fields fields) {
        int before = fields.violations().count();
        Activation chosen = fields.choice("activation", ACTIVATIONS, Defaults.ACTIVATION);
        boolean refused = fields.violations().count() > before;
        if (refused || chosen.equals(PRELU)) {
            double slope =
                    fields.number("slope", Defaults.SLOPE, number -> Math.abs(number) <= 1, "a number from -1 to 1");
            return fields.violations().count() > before ? null : new Activation.Prelu(slope);
        }
        if (fields.has("slope")) {
            fields.refuse("slope", "applies to activation \"prelu\" only");
        }
        return chosen;
    }

    private static Initialization initialization(Fields fields, @Nullable Activation activation) {
        Initialization chosen = fields.choice("initialization", INITIALIZATIONS, Defaults.INITIALIZATION);
        if (activation != null && !chosen.suits(activation)) {
            fields.refuse(
                    "initialization",
                    "needs activation \"crelu\", or \"prelu\" with slope 1: with others no weights make the network linear");
        }
        return chosen;
    }

    private static Wiring wiring(Fields fields, Family family) {
        return switch (family) {
            case RESNET, CONV_RESNET ->
                new Wiring.Resnet(
                        fields.number("alpha", Defaults.ALPHA, alpha -> alpha != 0, "a number other than 0"),
                        fields.number("beta", Defaults.BETA, any -> true, "a number"));
            case HIGHWAY -> highway(fields);
            case FEEDFORWARD, CONV_FEEDFORWARD, WHITE_NOISE, BROWN_NOISE -> new Wiring.Feedforward();
        };
    }

    private static Wiring highway(Fields fields) {
        JsonNode gamma2 = fields.get("gamma2");
        if (gamma2 == null) {
            fields.refuse("gamma2", "is required for family highway: " + GAMMA2);
        } else if (gamma2.isString() && gamma2.stringValue().equals(SCALED)) {
            return new Wiring.ScaledHighway();
        }
        return new Wiring.Highway(fields.number("gamma2", 1, gamma -> gamma > 0 && gamma <= 1, GAMMA2));
    }
}
