package org.shatterlab.lab.network;

/** The subject of a measurement: a family of random networks, or noise as their reference. */
public sealed interface NetworkSpec {

    /**
     * A fully connected network with the recursion
     *
     * <pre>
     * h_0 = W_0 x + b_0                          W_0 ~ N(0, 1/d), b_0 ~ N(0, firstBiasStd^2)
     * h_l = a h_{l-1} + b W_l rho(n_l(h_{l-1}))  weights of W_l of variance {@link #weightGain} / N, l = 1..L
     * f   = v . h_L                              v ~ N(0, 1/N)
     * </pre>
     *
     * If the inputs have one dimension, the first rectifier is not normalised. Otherwise every kink would lie at the
     * mean of the batch.
     *
     * @param skipConnection a and b
     * @param width N, the number of units of every layer
     * @param normalization n_l
     * @param activation rho
     * @param initialization the distribution of W_l, which must {@linkplain Initialization#supports support} the
     *     activation
     * @param firstBiasStd the standard deviation of the first layer's bias
     */
    record Rectifier(
            SkipConnection skipConnection,
            int width,
            Normalization normalization,
            Activation activation,
            Initialization initialization,
            double firstBiasStd)
            implements NetworkSpec {

        /** Creates a network as in the paper, with ReLU and He initialisation. */
        public Rectifier(SkipConnection skipConnection, int width, Normalization normalization, double firstBiasStd) {
            this(skipConnection, width, normalization, new Activation.Relu(), Initialization.HE, firstBiasStd);
        }

        /** Returns whether the output is an affine function of the input, so that its gradient is constant. */
        public boolean isLinear() {
            return initialization == Initialization.LOOKS_LINEAR
                    || activation instanceof Activation.Linear
                    || activation.equals(new Activation.Prelu(1));
        }

        /** Returns N times the mean square of a weight of W_l. */
        public double weightGain() {
            return switch (initialization) {
                case HE, ORTHOGONAL -> activation.heGain();
                case XAVIER, LOOKS_LINEAR -> 1;
            };
        }
    }

    /**
     * A convolutional rectifier network on images. A border of zeros lets the 3 x 3 kernels keep the size of an image.
     *
     * <pre>
     * h_0 = K_0 * x                                      K_0 ~ N(0, 1/(9c)), c the channels of an image
     * u   = K_{l-1} * rho(n_{l-1}(h_{l-2}))              K_l ~ N(0, 2/(9C)), no biases
     * h_l = a h_{l-2} + b K_l * rho(n_l(u))              l = 2, 4, .. L
     * f   = v . (mean of h_L over positions)             v ~ N(0, 1/C)
     * </pre>
     *
     * L counts the convolutions after the first, and each block has two. n_l computes the statistics of each channel
     * over the batch and all positions. The families and the two convolutions of a block follow the paper. All other
     * choices are ours.
     *
     * @param skipConnection a and b, the same at every depth
     * @param channels C, the number of channels of every layer
     * @param normalization n_l
     */
    record Convolutional(SkipConnection skipConnection, int channels, Normalization normalization)
            implements NetworkSpec {}

    /** A random series that takes the place of a gradient and has no depth. */
    record Noise(Color color) implements NetworkSpec {}

    /** The colour of a {@link Noise}. */
    enum Color {
        /** Independent standard normal values. */
        WHITE("white"),
        /** The cumulative sum of white noise. */
        BROWN("brown");

        private final String apiName;

        Color(String apiName) {
            this.apiName = apiName;
        }

        public String apiName() {
            return apiName;
        }
    }
}
