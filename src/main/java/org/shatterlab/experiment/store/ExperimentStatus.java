package org.shatterlab.experiment.store;

import java.util.UUID;

/** The part of an experiment that changes while cells are computed. */
public record ExperimentStatus(UUID id, ExperimentState state, Progress progress, ExperimentVersion version) {}
