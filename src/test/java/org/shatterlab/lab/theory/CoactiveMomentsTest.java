package org.shatterlab.lab.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.lab.theory.CoactiveMoments.PreActivation;

class CoactiveMomentsTest {

    private record Plane(double x, double y) {

        double along(double phi) {
            return x * Math.cos(phi) + y * Math.sin(phi);
        }
    }

    /**
     * Four jointly Gaussian variables u, v, u', v' in general position.
     *
     * <p>Let z be standard normal in the plane and y independent of z, with E[y_1 y_2] = residual. Then u = 1.3 z_1 and
     * v = 0.7 (cos theta z_1 + sin theta z_2). The derivatives are u' = p.z + y_1 and v' = q.z + y_2.
     */
    private record PlaneCase(double theta, Plane p, Plane q, double residual) {

        static final double SD_U = 1.3;
        static final double SD_V = 0.7;

        double u(double phi) {
            return SD_U * Math.cos(phi);
        }

        double v(double phi) {
            return SD_V * Math.cos(phi - theta);
        }

        double du(double phi) {
            return p.along(phi);
        }

        double dv(double phi) {
            return q.along(phi);
        }

        double uv() {
            return SD_U * SD_V * Math.cos(theta);
        }

        double derivatives() {
            return p.x() * q.x() + p.y() * q.y() + residual;
        }

        CoactiveMoments moments() {
            return CoactiveMoments.of(
                    new PreActivation(SD_U, p.x()),
                    new PreActivation(SD_V, q.along(theta)),
                    uv(),
                    SD_V * p.along(theta),
                    SD_U * q.x(),
                    derivatives());
        }

        /**
         * Returns E[f(z) ; u > 0, v > 0] for f of degree 2. The value is 1/pi times the integral of f over the
         * directions of the sector.
         */
        double overSector(DoubleUnaryOperator f) {
            double from = theta - Math.PI / 2;
            int steps = 20_000;
            double step = (Math.PI - theta) / steps;
            double sum = 0;
            for (int i = 0; i < steps; i++) {
                double left = from + i * step;
                sum += f.applyAsDouble(left) + 4 * f.applyAsDouble(left + step / 2) + f.applyAsDouble(left + step);
            }
            return sum * step / 6 / Math.PI;
        }
    }

    private static PlaneCase general(double theta) {
        return new PlaneCase(theta, new Plane(0.4, -0.9), new Plane(-0.3, 1.1), 0.25);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-6, 1e-3, 0.2, 1, Math.PI / 2, 2, 3, Math.PI - 1e-3, Math.PI - 1e-6})
    void matchesIntegralsOverQuadrant(double theta) {
        PlaneCase c = general(theta);
        CoactiveMoments moments = c.moments();
        double p = c.overSector(_ -> 0.5);

        assertThat(moments.probability()).isCloseTo(p, within(1e-10));
        assertThat(moments.product()).isCloseTo(c.overSector(phi -> c.u(phi) * c.v(phi)), within(1e-10));
        assertThat(moments.derivativeLeft()).isCloseTo(c.overSector(phi -> c.du(phi) * c.v(phi)), within(1e-10));
        assertThat(moments.derivativeRight()).isCloseTo(c.overSector(phi -> c.u(phi) * c.dv(phi)), within(1e-10));
        assertThat(moments.derivatives())
                .isCloseTo(c.overSector(phi -> c.du(phi) * c.dv(phi)) + p * c.residual(), within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 1, Math.PI / 2, 2, 2.8})
    void matchesRegressionOnPreActivations(double theta) {
        PlaneCase c = general(theta);
        double su = PlaneCase.SD_U;
        double sv = PlaneCase.SD_V;
        double remaining = Math.PI - theta;
        double p = remaining / (2 * Math.PI);
        double uv = su * sv / (2 * Math.PI) * (Math.sin(theta) + remaining * Math.cos(theta));
        double square = (remaining + Math.sin(theta) * Math.cos(theta)) / (2 * Math.PI);
        double[] a = regression(c, su * c.p().x(), sv * c.p().along(theta));
        double[] b = regression(c, su * c.q().x(), sv * c.q().along(theta));
        double residual = c.derivatives() - a[0] * su * c.q().x() - a[1] * sv * c.q().along(theta);

        CoactiveMoments moments = c.moments();

        assertThat(moments.derivativeLeft()).isCloseTo(a[0] * uv + a[1] * sv * sv * square, within(1e-10));
        assertThat(moments.derivativeRight()).isCloseTo(b[1] * uv + b[0] * su * su * square, within(1e-10));
        assertThat(moments.derivatives())
                .isCloseTo(
                        p * residual
                                + a[0] * b[0] * su * su * square
                                + (a[0] * b[1] + a[1] * b[0]) * uv
                                + a[1] * b[1] * sv * sv * square,
                        within(1e-10));
    }

    private static double[] regression(PlaneCase c, double withU, double withV) {
        double uu = PlaneCase.SD_U * PlaneCase.SD_U;
        double vv = PlaneCase.SD_V * PlaneCase.SD_V;
        double determinant = uu * vv - c.uv() * c.uv();
        return new double[] {(vv * withU - c.uv() * withV) / determinant, (uu * withV - c.uv() * withU) / determinant};
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 1e-5, 1e-7, 1e-9, 0})
    void approachesDiagonalAsPointsMeet(double theta) {
        PlaneCase c = general(theta);
        CoactiveMoments moments = c.moments();

        // On the diagonal each moment is half of the covariance. The deviation is of first order in theta.
        double first = 3 * theta + 1e-8;
        assertThat(moments.product()).isCloseTo(c.uv() / 2, within(first));
        assertThat(moments.derivativeLeft()).isCloseTo(PlaneCase.SD_V * c.p().x() / 2, within(first));
        assertThat(moments.derivativeRight()).isCloseTo(PlaneCase.SD_U * c.q().x() / 2, within(first));
        assertThat(moments.derivatives()).isCloseTo(c.derivatives() / 2, within(first));
    }

    @Test
    void oppositePreActivationsAreNeverCoactive() {
        CoactiveMoments moments = general(Math.PI).moments();

        assertThat(moments.probability()).isCloseTo(0, within(1e-8));
        assertThat(moments.product()).isCloseTo(0, within(1e-8));
        assertThat(moments.derivativeLeft()).isCloseTo(0, within(1e-8));
        assertThat(moments.derivativeRight()).isCloseTo(0, within(1e-8));
        assertThat(moments.derivatives()).isCloseTo(0, within(1e-8));
    }

    @Test
    void toleratesRoundingBeyondPerfectCorrelation() {
        var unit = new PreActivation(1, 0.5);

        assertThat(CoactiveMoments.of(unit, unit, 1 + 1e-15, 0.5, 0.5, 1))
                .isEqualTo(new CoactiveMoments(0.5, 0.5, 0.25, 0.25, 0.5));
    }
}
