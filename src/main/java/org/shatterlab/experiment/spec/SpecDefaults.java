package org.shatterlab.experiment.spec;

import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.lab.engine.Precision;
import org.shatterlab.lab.input.InputSpec;
import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.Normalization;

/**
 * The default values of the fields of a specification.
 *
 * <p>Canonical JSON leaves default values out, so stored fingerprints and stored cells depend on these constants. A
 * change of a default that belongs to a cell must raise the revision of the lab and rewrite the stored cells.
 */
final class SpecDefaults {

    static final int WIDTH = 200;
    static final int CHANNELS = 16;
    static final Normalization NORMALIZATION = Normalization.NONE;
    static final double ALPHA = 1;
    static final double BETA = 1;
    static final Activation ACTIVATION = new Activation.Relu();
    static final double SLOPE = 0.25;
    static final Initialization INITIALIZATION = Initialization.HE;
    static final InputSpec.Grid GRID = new InputSpec.Grid(-2, 2, 256);
    static final InputSpec.Gaussian GAUSSIAN = new InputSpec.Gaussian(64, 200, 0);
    static final InputSpec.GaussianMixture GAUSSIAN_MIXTURE = new InputSpec.GaussianMixture(64, 200, 10, 1, 0);
    static final int BATCH = 256;
    static final long BATCH_SEED = 0;
    static final boolean BATCH_PER_RUN = false;
    static final Precision PRECISION = Precision.FLOAT32;
    static final DrawSource DRAWS = DrawSource.HOST;
    static final long SEED = 0;
    static final int RUNS = 20;
    static final int MAX_RUNS = 5000;
    static final String DEVICE = "auto";
    static final int PRIORITY = 0;
    static final boolean CACHE = true;

    private SpecDefaults() {}

    /**
     * Returns the default standard deviation of the biases of the first layer. Without a bias every kink would lie at
     * the origin of a grid, so the default for a grid is not 0.
     */
    static double firstBiasStd(InputSpec inputs) {
        return switch (inputs) {
            case InputSpec.Grid _ -> 1;
            case InputSpec.Gaussian _, InputSpec.GaussianMixture _, InputSpec.Images _ -> 0;
        };
    }
}
