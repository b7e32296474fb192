package org.shatterlab.experiment.store;

/**
 * The number of cells of an experiment with one provenance.
 *
 * @param provenance engine, versions, device and commit, as JSON
 * @param cells the number of cells
 */
public record ProvenanceCount(String provenance, int cells) {}
