package org.shatterlab.lab.random;

import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** Creates generators of random bits that are seeded by a name. One name gives one sequence on every machine. */
public final class Generators {

    private Generators() {}

    /**
     * Creates a generator at the start of its sequence.
     *
     * @param name the purpose of the bits; sequences of different names are independent
     */
    public static UniformRandomProvider named(String name) {
        return RandomSource.L64_X128_MIX.create(DigestUtils.sha256(name));
    }
}
