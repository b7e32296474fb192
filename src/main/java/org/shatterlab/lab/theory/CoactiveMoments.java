package org.shatterlab.lab.theory;

/**
 * The probability and the moments of the event that two rectifiers are both active.
 *
 * <p>The rectifiers have the pre-activations u, v with the derivatives u', v'. All four are jointly Gaussian with mean
 * zero.
 *
 * <p>The formulas follow from differentiating the arc-cosine kernel kappa(s, t) = E[rho(u + s u') rho(v + t v')] at
 * s = t = 0. Let c = cos(theta) be the correlation of u and v, and P = (pi - theta) / (2 pi). Let e(x) = E[x u] / sd(u)
 * and f(x) = E[x v] / sd(v). Then
 *
 * <pre>
 * E[u v ; both]   = sd(u) sd(v) (sin theta + (pi - theta) cos theta) / (2 pi)
 * E[u' v ; both]  = P E[u' v] + sd(v) e(u') sin theta / (2 pi)
 * E[u' v' ; both] = P E[u' v'] + (e(u') f(v') + f(u') e(v') - c (e(u') e(v') + f(u') f(v'))) / (2 pi sin theta)
 * </pre>
 *
 * <p>The usual derivation regresses the derivatives on u and v. It inverts a matrix that is singular at c = 1, and
 * neighbouring points approach c = 1. This class factors the bracket into differences that vanish with theta. Rounding
 * therefore never exceeds about 1e-8 of the variances.
 *
 * @param probability P, the probability that both are active
 * @param product E[u v ; both active]
 * @param derivativeLeft E[u' v ; both active]
 * @param derivativeRight E[u v' ; both active]
 * @param derivatives E[u' v' ; both active]
 */
record CoactiveMoments(
        double probability, double product, double derivativeLeft, double derivativeRight, double derivatives) {

    private static final double TWO_PI = 2 * Math.PI;

    /**
     * Computes the moments of two pre-activations.
     *
     * @param uv E[u v]
     * @param duv E[u' v]
     * @param udv E[u v']
     * @param dudv E[u' v']
     */
    static CoactiveMoments of(PreActivation u, PreActivation v, double uv, double duv, double udv, double dudv) {
        double scale = u.sd() * v.sd();
        double c = Math.clamp(uv / scale, -1, 1);
        double sine = Math.sqrt((1 - c) * (1 + c));
        double remaining = Math.acos(-c);
        double p = remaining / TWO_PI;
        return new CoactiveMoments(
                p,
                scale * (sine + remaining * c) / TWO_PI,
                p * duv + v.sd() * u.slope() * sine / TWO_PI,
                p * udv + u.sd() * v.slope() * sine / TWO_PI,
                p * dudv + bracketOverSine(c, sine, u.slope(), v.slope(), duv / v.sd(), udv / u.sd()));
    }

    /** Computes the probability alone, with 0 for the moments. It is NaN if one pre-activation is always zero. */
    static CoactiveMoments ofProbability(PreActivation u, PreActivation v, double uv) {
        double c = Math.clamp(uv / (u.sd() * v.sd()), -1, 1);
        return new CoactiveMoments(Math.acos(-c) / TWO_PI, 0, 0, 0, 0);
    }

    /**
     * Returns the bracket of E[u' v' ; both] over 2 pi sin(theta).
     *
     * <p>The result is zero at c = 1, which is the diagonal. It is also zero at c = -1, where the two rectifiers are
     * never active together.
     *
     * @param eu e(u')
     * @param fv f(v')
     * @param fu f(u')
     * @param ev e(v')
     */
    private static double bracketOverSine(double c, double sine, double eu, double fv, double fu, double ev) {
        if (sine == 0) {
            return 0;
        }
        double crossed = eu * ev + fv * fu;
        double bracket = c > 0 ? (eu - fu) * (fv - ev) + (1 - c) * crossed : (eu + fu) * (fv + ev) - (1 + c) * crossed;
        return bracket / (TWO_PI * sine);
    }

    /**
     * The moments of one pre-activation u.
     *
     * @param sd the standard deviation sd(u), positive
     * @param slope E[u' u] / sd(u)
     */
    record PreActivation(double sd, double slope) {}
}
