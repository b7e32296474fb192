/**
 * The experiments: submission, cost estimates, idempotency, cancellation, retries, deletion, listing and notifications
 * of changes.
 */
@NullMarked
package org.shatterlab.experiment;

import org.jspecify.annotations.NullMarked;
