package org.shatterlab.platform;

/** A role of a process in {@code shatterlab.roles}. A process has both roles by default. */
public enum Role {
    /** Answers HTTP requests. */
    API,
    /** Measures cells. */
    WORKER
}
