package org.shatterlab.lab.random;

import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/** Creates samplers of standard normal values that are seeded by a name, by means of {@link Generators}. */
public final class Normals {

    private Normals() {}

    /**
     * Creates a sampler at the start of its sequence.
     *
     * @param name the purpose of the values; sequences of different names are independent
     */
    public static ContinuousSampler named(String name) {
        return ZigguratSampler.NormalizedGaussian.of(Generators.named(name));
    }
}
