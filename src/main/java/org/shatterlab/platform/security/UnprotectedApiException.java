package org.shatterlab.platform.security;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** The API would be open to whoever reaches this machine. */
final class UnprotectedApiException extends RuntimeException {

    UnprotectedApiException(@Nullable InetAddress address) {
        super("The API would listen on %s and ask nobody who they are."
                .formatted(address == null ? "every address of this machine" : address.getHostAddress()));
    }
}
