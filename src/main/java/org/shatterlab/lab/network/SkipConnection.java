package org.shatterlab.lab.network;

/**
 * A rule that joins the identity path and the rectifier branch of a layer:
 * {@code h_l = a h_{l-1} + b W_l rho(n_l(h_{l-1}))}.
 *
 * <p>Most families have the same a and b at every depth. Therefore one pass through the deepest network also visits all
 * shallower networks. {@link ScaledHighway} is the exception, because its coefficients depend on the depth of the
 * network.
 */
public sealed interface SkipConnection {

    /**
     * Returns the coefficients of every layer of a network.
     *
     * @param depth the number of rectifier layers L of the whole network, at least 1
     */
    Coefficients coefficients(int depth);

    /** Returns whether the coefficients depend on the depth, so that networks of different depths share no layers. */
    default boolean dependsOnDepth() {
        return false;
    }

    /** A network without skip connections: a = 0, b = 1. */
    record Feedforward() implements SkipConnection {
        @Override
        public Coefficients coefficients(int depth) {
            return new Coefficients(0, 1);
        }
    }

    /** A residual network: a = alpha, b = alpha beta (Eq. 2 of the paper). */
    record Resnet(double alpha, double beta) implements SkipConnection {
        @Override
        public Coefficients coefficients(int depth) {
            return new Coefficients(alpha, alpha * beta);
        }
    }

    /** A highway network: a = gamma1 = sqrt(1 - gamma2^2), b = gamma2 (Corollary 1), 0 &lt; gamma2 &lt;= 1. */
    record Highway(double gamma2) implements SkipConnection {
        @Override
        public Coefficients coefficients(int depth) {
            return new Coefficients(Math.sqrt(1 - gamma2 * gamma2), gamma2);
        }
    }

    /**
     * The highway network of Corollary 1 with gamma2 = 1 / sqrt(L), whose gradient correlation tends to 1 / sqrt(e).
     */
    record ScaledHighway() implements SkipConnection {
        @Override
        public Coefficients coefficients(int depth) {
            return new Coefficients(Math.sqrt(1 - 1.0 / depth), Math.sqrt(1.0 / depth));
        }

        @Override
        public boolean dependsOnDepth() {
            return true;
        }
    }
}
