package org.shatterlab.experiment.store;

import java.util.UUID;

/** How far an experiment is: what of it changes while it is computed. */
public record ExperimentStatus(UUID id, ExperimentState state, Progress progress, ExperimentVersion version) {}
