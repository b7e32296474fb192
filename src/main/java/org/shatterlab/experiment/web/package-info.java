/**
 * The HTTP API of experiments, presets and workers. Controllers read the requests, call the services of
 * {@code org.shatterlab.experiment} and build the responses.
 */
@NullMarked
package org.shatterlab.experiment.web;

import org.jspecify.annotations.NullMarked;
