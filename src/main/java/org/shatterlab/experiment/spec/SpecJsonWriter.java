package org.shatterlab.experiment.spec;

import java.util.Collection;
import java.util.List;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.SkipConnection;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes specifications as JSON with the names of the API. */
enum SpecJsonWriter {
    /** Writes every field, for responses and stored specifications. */
    COMPLETE,
    /** Leaves out each field with its default value, so that equal specifications have equal text. */
    CANONICAL;

    /** Builds one JSON object. The canonical form leaves out each field with its default value. */
    private final class Members {

        private final ObjectNode node = JsonNodeFactory.instance.objectNode();

        Members text(String name, String value, String fallback) {
            if (writes(value.equals(fallback))) {
                node.put(name, value);
            }
            return this;
        }

        Members number(String name, double value, double fallback) {
            if (writes(value == fallback)) {
                node.set(name, JsonNumbers.node(value));
            }
            return this;
        }

        Members integer(String name, long value, long fallback) {
            if (writes(value == fallback)) {
                node.put(name, value);
            }
            return this;
        }

        Members bool(String name, boolean value, boolean fallback) {
            if (writes(value == fallback)) {
                node.put(name, value);
            }
            return this;
        }

        private boolean writes(boolean isDefault) {
            return SpecJsonWriter.this == COMPLETE || !isDefault;
        }
    }

    ObjectNode network(NetworkSpec network, InputSpec inputs) {
        Members members = new Members();
        members.node.put("family", Family.of(network).apiName());
        if (network instanceof NetworkSpec.Convolutional convolutional) {
            members.integer("width", convolutional.channels(), SpecDefaults.CHANNELS)
                    .text(
                            "normalization",
                            convolutional.normalization().apiName(),
                            SpecDefaults.NORMALIZATION.apiName());
            skipConnection(members, convolutional.skipConnection());
        }
        if (network instanceof NetworkSpec.Rectifier rectifier) {
            members.integer("width", rectifier.width(), SpecDefaults.WIDTH)
                    .text("normalization", rectifier.normalization().apiName(), SpecDefaults.NORMALIZATION.apiName());
            skipConnection(members, rectifier.skipConnection());
            members.text("activation", rectifier.activation().apiName(), SpecDefaults.ACTIVATION.apiName());
            if (rectifier.activation() instanceof Activation.Prelu(double slope)) {
                members.number("slope", slope, SpecDefaults.SLOPE);
            }
            members.text("initialization", rectifier.initialization().apiName(), SpecDefaults.INITIALIZATION.apiName())
                    .number("firstBiasStd", rectifier.firstBiasStd(), SpecDefaults.firstBiasStd(inputs));
        }
        return members.node;
    }

    private static void skipConnection(Members members, SkipConnection skipConnection) {
        switch (skipConnection) {
            case SkipConnection.Feedforward _ -> {}
            case SkipConnection.Resnet(double alpha, double beta) ->
                members.number("alpha", alpha, SpecDefaults.ALPHA).number("beta", beta, SpecDefaults.BETA);
            case SkipConnection.Highway(double gamma2) -> members.node.set("gamma2", JsonNumbers.node(gamma2));
            case SkipConnection.ScaledHighway _ -> members.node.put("gamma2", NetworkReader.SCALED);
        }
    }

    ObjectNode inputs(InputSpec inputs) {
        Members members = new Members();
        switch (inputs) {
            case InputSpec.Grid(double from, double to, int points) -> {
                members.node.put("type", InputReader.Type.GRID.apiName());
                members.number("from", from, SpecDefaults.GRID.from())
                        .number("to", to, SpecDefaults.GRID.to())
                        .integer("points", points, SpecDefaults.GRID.points());
            }
            case InputSpec.Gaussian(int points, int dimension, long seed) -> {
                members.node.put("type", InputReader.Type.GAUSSIAN.apiName());
                members.integer("points", points, SpecDefaults.GAUSSIAN.points())
                        .integer("dimension", dimension, SpecDefaults.GAUSSIAN.dimension())
                        .integer("seed", seed, SpecDefaults.GAUSSIAN.seed());
            }
            case InputSpec.GaussianMixture mixture -> mixture(members, mixture);
            case InputSpec.Images images -> images(members, images);
        }
        return members.node;
    }

    private static void mixture(Members members, InputSpec.GaussianMixture mixture) {
        InputSpec.GaussianMixture defaults = SpecDefaults.GAUSSIAN_MIXTURE;
        members.node.put("type", InputReader.Type.GAUSSIAN_MIXTURE.apiName());
        members.integer("points", mixture.points(), defaults.points())
                .integer("dimension", mixture.dimension(), defaults.dimension())
                .integer("components", mixture.components(), defaults.components())
                .number("separation", mixture.separation(), defaults.separation())
                .integer("seed", mixture.seed(), defaults.seed());
    }

    private static void images(Members members, InputSpec.Images images) {
        members.node.put("type", InputReader.Type.DATASET.apiName());
        members.node.put("name", images.dataset().apiName());
        members.integer("batch", images.points(), SpecDefaults.BATCH)
                .integer("seed", images.seed(), SpecDefaults.BATCH_SEED)
                .bool("perRun", images.perRun(), SpecDefaults.BATCH_PER_RUN);
        members.node.put("sha256", images.sha256());
    }

    /** Adds the fields that both an experiment and a cell have for their draws: seed, precision and source. */
    void draws(ObjectNode target, long seed, Precision precision, DrawSource draws) {
        Members members = new Members();
        members.integer("seed", seed, SpecDefaults.SEED)
                .text("precision", precision.apiName(), SpecDefaults.PRECISION.apiName())
                .text("draws", draws.apiName(), SpecDefaults.DRAWS.apiName());
        target.setAll(members.node);
    }

    static ArrayNode integers(List<Integer> values) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        values.forEach(value -> array.add(value.intValue()));
        return array;
    }

    static ArrayNode texts(Collection<String> values) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        values.forEach(array::add);
        return array;
    }
}
