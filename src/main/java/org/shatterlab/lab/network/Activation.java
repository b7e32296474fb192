package org.shatterlab.lab.network;

/** The activation function rho that a layer applies to each unit's pre-activation n. */
public sealed interface Activation {

    String apiName();

    /**
     * Returns the gain of He initialisation, N sigma_w^2, where sigma_w^2 is the variance of a weight. With this
     * variance a layer of N units keeps the gradient's variance, if each unit is active on half of the inputs.
     */
    double heGain();

    /** Returns the number A of outputs for each unit. The weights of a layer of N units have A N inputs. */
    default int outputsPerUnit() {
        return 1;
    }

    /** The rectifier max(0, n). */
    record Relu() implements Activation {
        @Override
        public String apiName() {
            return "relu";
        }

        @Override
        public double heGain() {
            return 2;
        }
    }

    /**
     * The concatenated rectifier with two outputs for each unit, max(0, n) and max(0, -n). One of the two is active.
     */
    record Crelu() implements Activation {
        @Override
        public String apiName() {
            return "crelu";
        }

        @Override
        public double heGain() {
            return 1;
        }

        @Override
        public int outputsPerUnit() {
            return 2;
        }
    }

    /** The identity n. */
    record Linear() implements Activation {
        @Override
        public String apiName() {
            return "linear";
        }

        @Override
        public double heGain() {
            return 1;
        }
    }

    /**
     * The parametric rectifier: n where n is positive, slope n elsewhere.
     *
     * @param slope from -1 to 1; 0 is the rectifier, 1 the identity and -1 the absolute value
     */
    record Prelu(double slope) implements Activation {
        @Override
        public String apiName() {
            return "prelu";
        }

        @Override
        public double heGain() {
            return 2 / (1 + slope * slope);
        }
    }
}
