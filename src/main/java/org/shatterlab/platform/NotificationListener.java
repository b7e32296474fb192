package org.shatterlab.platform;

/**
 * A listener for the notifications on one channel of the database. One thread calls all listeners, so a listener must
 * not block.
 */
public interface NotificationListener {

    /** Returns the name of the channel. */
    String channel();

    /** Receives a notification that this process or another one sent. */
    void onNotification(String payload);

    /** Reports that notifications since the last call, or before the first call, may be lost. */
    void onGap();
}
