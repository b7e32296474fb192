package org.shatterlab.service.support;

import java.util.List;
import java.util.Random;

/** A random generator that also picks elements of lists. */
final class RandomChoices extends Random {

    RandomChoices(long seed) {
        super(seed);
    }

    /** Returns true with a probability of one eighth. */
    boolean rarely() {
        return nextInt(8) == 0;
    }

    /** Returns a random element of a list. All elements are equally likely. */
    <T> T pick(List<T> choices) {
        return choices.get(nextInt(choices.size()));
    }
}
