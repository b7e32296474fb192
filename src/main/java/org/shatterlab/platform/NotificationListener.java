package org.shatterlab.platform;

/**
 * Wants to know what processes on this database say on a channel. It is called on the thread that hears for all, so it
 * must not wait for anything.
 */
public interface NotificationListener {

    String channel();

    /** Something was said, in this process or in another. */
    void onNotification(String payload);

    /** What was said since the last call, or before the first, may have been missed. */
    void onGap();
}
