package org.shatterlab.experiment.store;

/**
 * What computed some of the cells of an experiment.
 *
 * @param provenance engine, versions, device and commit, as JSON
 * @param cells how many cells it computed
 */
public record ProvenanceCount(String provenance, int cells) {}
