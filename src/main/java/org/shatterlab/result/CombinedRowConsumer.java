package org.shatterlab.result;

import java.util.UUID;
import org.shatterlab.result.ResultQuery.RowKey;

/** Accepts rows of several experiments one by one. */
@FunctionalInterface
interface CombinedRowConsumer {

    /**
     * Accepts the next row.
     *
     * @return whether the consumer accepts a further row
     */
    boolean accept(UUID experiment, RowKey key, ResultRow row);
}
