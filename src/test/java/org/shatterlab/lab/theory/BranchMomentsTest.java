package org.shatterlab.lab.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.shatterlab.lab.ActivationCase;
import org.shatterlab.lab.network.Activation;
import org.shatterlab.lab.network.Initialization;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.network.Normalization;
import org.shatterlab.lab.network.SkipConnection;
import org.shatterlab.lab.theory.CoactiveMoments.PreActivation;

class BranchMomentsTest {

    private static final int WIDTH = 7;
    private static final double THETA = 1.1;
    private static final double SD_U = 1.3;
    private static final double SD_V = 0.7;
    /** The part of E[u' v'] that is independent of u and v. */
    private static final double RESIDUAL = 0.25;

    static List<ActivationCase> layers() {
        return ActivationCase.all();
    }

    // Let z be standard normal in the plane. The functions below give u, v and the dependent parts of u', v' by the
    // direction of z.
    private static double u(double phi) {
        return SD_U * Math.cos(phi);
    }

    private static double v(double phi) {
        return SD_V * Math.cos(phi - THETA);
    }

    private static double du(double phi) {
        return 0.4 * Math.cos(phi) - 0.9 * Math.sin(phi);
    }

    private static double dv(double phi) {
        return -0.3 * Math.cos(phi) + 1.1 * Math.sin(phi);
    }

    /** Returns E[f(z)] for f of degree 2, as an integral over directions. */
    private static double expectation(DoubleUnaryOperator f) {
        int steps = 40_000;
        double sum = 0;
        for (int i = 0; i < steps; i++) {
            sum += f.applyAsDouble((i + 0.5) * 2 * Math.PI / steps);
        }
        return 2 * sum / steps;
    }

    private static double rho(ActivationCase layer, double n) {
        return n > 0 ? n : slope(layer, n) * n;
    }

    /**
     * Returns the derivative of the activation. CReLU counts as one of its two rectifiers. Looks-linear weights mirror
     * each other, which makes both rectifiers together linear.
     */
    private static double slope(ActivationCase layer, double n) {
        if (n > 0 || layer.initialization() == Initialization.LOOKS_LINEAR) {
            return 1;
        }
        return switch (layer.activation()) {
            case Activation.Relu(), Activation.Crelu() -> 0;
            case Activation.Linear() -> 1;
            case Activation.Prelu(double slope) -> slope;
        };
    }

    /** Returns N sigma_w^2 E[f], summed over both rectifiers of CReLU unless their weights mirror each other. */
    private static double overWeights(ActivationCase layer, NetworkSpec.Rectifier network, DoubleUnaryOperator f) {
        boolean twoRectifiers =
                layer.activation().outputsPerUnit() == 2 && layer.initialization() != Initialization.LOOKS_LINEAR;
        double expectation = expectation(f) + (twoRectifiers ? expectation(phi -> f.applyAsDouble(phi + Math.PI)) : 0);
        return network.weightGain() * expectation;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void matchesIntegralsOverActivation(ActivationCase layer) {
        NetworkSpec.Rectifier network = layer.in(new SkipConnection.Feedforward(), WIDTH, Normalization.NONE, 1);
        BranchMoments branch = BranchMoments.of(network);
        double uv = expectation(phi -> u(phi) * v(phi));
        double left = expectation(phi -> du(phi) * v(phi));
        double right = expectation(phi -> u(phi) * dv(phi));
        double both = expectation(phi -> du(phi) * dv(phi)) + RESIDUAL;
        CoactiveMoments positive = CoactiveMoments.of(
                new PreActivation(SD_U, expectation(phi -> du(phi) * u(phi)) / SD_U),
                new PreActivation(SD_V, expectation(phi -> dv(phi) * v(phi)) / SD_V),
                uv,
                left,
                right,
                both);

        assertThat(branch.coactive() * positive.product() + branch.total() * uv)
                .isCloseTo(overWeights(layer, network, phi -> rho(layer, u(phi)) * rho(layer, v(phi))), within(1e-7));
        assertThat(branch.coactive() * positive.derivativeLeft() + branch.total() * left)
                .isCloseTo(
                        overWeights(layer, network, phi -> slope(layer, u(phi)) * du(phi) * rho(layer, v(phi))),
                        within(2e-4));
        assertThat(branch.coactive() * positive.derivativeRight() + branch.total() * right)
                .isCloseTo(
                        overWeights(layer, network, phi -> rho(layer, u(phi)) * slope(layer, v(phi)) * dv(phi)),
                        within(2e-4));
        assertThat(branch.coactive() * positive.derivatives() + branch.total() * both)
                .isCloseTo(
                        overWeights(
                                layer,
                                network,
                                phi -> slope(layer, u(phi))
                                        * slope(layer, v(phi))
                                        * (du(phi) * dv(phi) + RESIDUAL / 2)),
                        within(2e-4));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void keepsVarianceExceptWithXavier(ActivationCase layer) {
        NetworkSpec.Rectifier network = layer.in(new SkipConnection.Feedforward(), WIDTH, Normalization.NONE, 1);
        double expected = layer.initialization() == Initialization.XAVIER
                ? 1 / layer.activation().heGain()
                : 1;
        assertThat(BranchMoments.of(network).factor(0.5)).isCloseTo(expected, within(1e-15));
    }
}
