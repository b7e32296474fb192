package org.shatterlab.platform;

/** What a process does, as {@code shatterlab.roles} names it; by default both. */
public enum Role {
    /** Answers HTTP. */
    API,
    /** Measures cells. */
    WORKER
}
