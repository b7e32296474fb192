package org.shatterlab.result;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of an experiment to read.
 *
 * @param networks labels; empty for all
 * @param depths ranges of depths; empty for all
 * @param statistics names; empty for all
 * @param after the key of the last row already read; null from the start
 */
public record ResultQuery(
        Set<String> networks,
        List<DepthRange> depths,
        Set<String> statistics,
        @Nullable RowKey after) {

    /** The same rows, from after a key on. */
    public ResultQuery after(@Nullable RowKey key) {
        return new ResultQuery(networks, depths, statistics, key);
    }

    /** From a depth to a depth, both included. */
    public record DepthRange(int from, int to) {}

    /** What rows are sorted by. */
    public record RowKey(int network, String statistic, int depth, int index) {}
}
