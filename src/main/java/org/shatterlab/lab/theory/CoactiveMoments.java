package org.shatterlab.lab.theory;

/**
 * The event that two rectifiers with pre-activations u, v are both active: its probability, and the moments of u, v and
 * their derivatives u', v' over it, for jointly Gaussian variables of mean zero.
 *
 * <p>Derived by differentiating the arc-cosine kernel kappa(s, t) = E[rho(u + s u') rho(v + t v')] at s = t = 0. With
 * c = cos(theta) the correlation of u and v, P = (pi - theta) / (2 pi), e(x) = E[x u] / sd(u) and f(x) = E[x v] / sd(v)
 *
 * <pre>
 * E[u v ; both]   = sd(u) sd(v) (sin theta + (pi - theta) cos theta) / (2 pi)
 * E[u' v ; both]  = P E[u' v] + sd(v) e(u') sin theta / (2 pi)
 * E[u' v' ; both] = P E[u' v'] + (e(u') f(v') + f(u') e(v') - c (e(u') e(v') + f(u') f(v'))) / (2 pi sin theta)
 * </pre>
 *
 * <p>The usual route, regressing the derivatives on u and v, inverts a matrix that is singular at c = 1, which
 * neighbouring points approach. Here the bracket is factored by differences that vanish with theta, so that rounding
 * never exceeds about 1e-8 of the variances.
 *
 * @param probability P, that both are active
 * @param product E[u v ; both active]
 * @param derivativeLeft E[u' v ; both active]
 * @param derivativeRight E[u v' ; both active]
 * @param derivatives E[u' v' ; both active]
 */
record CoactiveMoments(
        double probability, double product, double derivativeLeft, double derivativeRight, double derivatives) {

    private static final double TWO_PI = 2 * Math.PI;

    /**
     * Works out the moments.
     *
     * @param u the one pre-activation
     * @param v the other
     * @param uv E[u v]
     * @param leftOther E[u' v]
     * @param rightOther E[u v']
     * @param both E[u' v']
     */
    static CoactiveMoments of(
            PreActivation u, PreActivation v, double uv, double leftOther, double rightOther, double both) {
        double scale = u.sd() * v.sd();
        double c = Math.clamp(uv / scale, -1, 1);
        double sine = Math.sqrt((1 - c) * (1 + c));
        double remaining = Math.acos(-c);
        double p = remaining / TWO_PI;
        return new CoactiveMoments(
                p,
                scale * (sine + remaining * c) / TWO_PI,
                p * leftOther + v.sd() * u.slope() * sine / TWO_PI,
                p * rightOther + u.sd() * v.slope() * sine / TWO_PI,
                p * both + bracketOverSine(c, sine, u.slope(), v.slope(), leftOther / v.sd(), rightOther / u.sd()));
    }

    /** Where the moments are not needed: only how often both are active, NaN where one of them is always zero. */
    static CoactiveMoments ofProbability(PreActivation u, PreActivation v, double uv) {
        double c = Math.clamp(uv / (u.sd() * v.sd()), -1, 1);
        return new CoactiveMoments(Math.acos(-c) / TWO_PI, 0, 0, 0, 0);
    }

    /** Zero at c = 1, the diagonal, and at c = -1, where the two are never active together. */
    private static double bracketOverSine(double c, double sine, double eu, double fv, double fu, double ev) {
        if (sine == 0) {
            return 0;
        }
        double crossed = eu * ev + fv * fu;
        double bracket = c > 0 ? (eu - fu) * (fv - ev) + (1 - c) * crossed : (eu + fu) * (fv + ev) - (1 + c) * crossed;
        return bracket / (TWO_PI * sine);
    }

    /**
     * What is needed of one pre-activation u alone.
     *
     * @param sd its standard deviation, positive
     * @param slope E[u' u] / sd(u)
     */
    record PreActivation(double sd, double slope) {}
}
