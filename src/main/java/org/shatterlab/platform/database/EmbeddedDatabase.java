package org.shatterlab.platform.database;

/** A marker bean: this process runs its own database, which no other installation uses. */
public interface EmbeddedDatabase {}
