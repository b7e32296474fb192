package org.shatterlab.lab.random;

import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** Random bits that follow from a name: the same name, the same sequence, on every machine. */
public final class Generators {

    private Generators() {}

    /**
     * A sequence of its own.
     *
     * @param name what the bits are for; sequences of different names are independent
     */
    public static UniformRandomProvider named(String name) {
        return RandomSource.L64_X128_MIX.create(DigestUtils.sha256(name));
    }
}
