package org.shatterlab.platform.security;

import java.util.Locale;
import org.springframework.http.HttpMethod;

/** A set of methods that a token allows. Neither scope includes the other. */
enum Scope {
    /** GET and HEAD. */
    READ,
    /** Every other method. */
    WRITE;

    /** Returns the scope that a request with this method needs. */
    static Scope of(String method) {
        return method.equals(HttpMethod.GET.name()) || method.equals(HttpMethod.HEAD.name()) ? READ : WRITE;
    }

    /** Returns the name in settings, JWT claims and problem documents, for example {@code read}. */
    String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the name of the framework's authority, for example {@code SCOPE_read}. */
    String authority() {
        return "SCOPE_" + apiName();
    }
}
