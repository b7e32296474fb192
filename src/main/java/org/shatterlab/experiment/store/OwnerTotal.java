package org.shatterlab.experiment.store;

/**
 * A sum over the experiments of one owner.
 *
 * @param owner the owner's name; empty where the service runs without tokens
 * @param total the sum
 */
public record OwnerTotal(String owner, long total) {}
