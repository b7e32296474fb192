package org.shatterlab.lab.random;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
        return RandomSource.L64_X128_MIX.create(sha256(name));
    }

    private static byte[] sha256(String name) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
