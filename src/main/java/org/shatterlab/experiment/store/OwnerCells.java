package org.shatterlab.experiment.store;

/**
 * The open cells of one owner's live experiments.
 *
 * @param owner the owner's name; empty where the service runs without tokens
 * @param open the number of cells that have not ended
 */
public record OwnerCells(String owner, long open) {}
