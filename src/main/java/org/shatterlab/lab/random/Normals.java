package org.shatterlab.lab.random;

import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/** Standard normal values that follow from a name, as {@link Generators} says. */
public final class Normals {

    private Normals() {}

    /**
     * A sequence of its own.
     *
     * @param name what the values are for; sequences of different names are independent
     */
    public static ContinuousSampler named(String name) {
        return ZigguratSampler.NormalizedGaussian.of(Generators.named(name));
    }
}
