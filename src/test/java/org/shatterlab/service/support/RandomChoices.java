package org.shatterlab.service.support;

import java.util.List;
import java.util.Random;

/** Random numbers for choices. */
final class RandomChoices extends Random {

    RandomChoices(long seed) {
        super(seed);
    }

    boolean rarely() {
        return nextInt(8) == 0;
    }

    <T> T one(List<T> choices) {
        return choices.get(nextInt(choices.size()));
    }
}
