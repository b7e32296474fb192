package org.shatterlab.lab.network;

/** rho, what a layer applies to each unit's pre-activation n. */
public sealed interface Activation {

    String apiName();

    /**
     * N sigma_w^2 under He initialisation: with this variance sigma_w^2 of its weights a layer of N units keeps the
     * gradient's variance, where each unit is active on half of the inputs.
     */
    double heGain();

    /** How many numbers stand for a unit: the inputs of a layer's weights are so many times N. */
    default int outputsPerUnit() {
        return 1;
    }

    /** max(0, n). */
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

    /** Two numbers for each unit, max(0, n) and max(0, -n), of which one is active. */
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

    /** n itself. */
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
     * n where it is positive, slope n where it is not.
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
