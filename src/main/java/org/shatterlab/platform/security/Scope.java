package org.shatterlab.platform.security;

import java.util.Locale;
import org.springframework.http.HttpMethod;

/** What a token allows; neither has the other in it. */
enum Scope {
    /** GET and HEAD. */
    READ,
    /** Every other method. */
    WRITE;

    /** The one that a request of this method needs. */
    static Scope of(String method) {
        return method.equals(HttpMethod.GET.name()) || method.equals(HttpMethod.HEAD.name()) ? READ : WRITE;
    }

    /** As settings, claims of a JWT and problems name it: {@code read}. */
    String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As the framework's reader of those claims calls it: {@code SCOPE_read}. */
    String authority() {
        return "SCOPE_" + apiName();
    }
}
