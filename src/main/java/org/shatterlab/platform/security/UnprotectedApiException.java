package org.shatterlab.platform.security;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** The API would be open to every machine that can reach this one, so the service does not start. */
final class UnprotectedApiException extends RuntimeException {

    UnprotectedApiException(@Nullable InetAddress address) {
        super("The API would listen on %s without authentication."
                .formatted(address == null ? "every address of this machine" : address.getHostAddress()));
    }
}
