package org.shatterlab.platform.database;

/** Tells that this process runs its database itself, which is then its user's alone. */
public interface EmbeddedDatabase {}
