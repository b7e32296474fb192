package org.shatterlab.result;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A filter that selects rows of an experiment.
 *
 * @param networks labels of networks; empty for all networks
 * @param depths ranges of depths; empty for all depths
 * @param statistics API names of statistics; empty for all statistics
 * @param after the key of the last row already read; null to start at the first row
 */
public record ResultQuery(
        Set<String> networks,
        List<DepthRange> depths,
        Set<String> statistics,
        @Nullable RowKey after) {

    /** Returns this filter with another start: the row after a key, or the first row if the key is null. */
    public ResultQuery startAfter(@Nullable RowKey key) {
        return new ResultQuery(networks, depths, statistics, key);
    }

    /** A range of depths, both ends included. */
    public record DepthRange(int from, int to) {}

    /**
     * The sort key of a row. Rows are sorted by network, statistic, depth and index.
     *
     * @param network the number of the network in the experiment, from 0
     * @param statistic the API name of the statistic
     * @param depth L; {@link ResultStore#NO_DEPTH} for noise
     * @param index the index of the row; -1 for a statistic with a single value
     */
    public record RowKey(int network, String statistic, int depth, int index) {}
}
