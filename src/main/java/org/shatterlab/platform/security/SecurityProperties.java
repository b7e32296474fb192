package org.shatterlab.platform.security;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Access control of the API. Without tokens and issuer, every user of this machine may use the API.
 *
 * @param tokens bearer tokens by name, each with {@code sha256}, {@code scopes} and {@code expires}; see "Who may use
 *     it"
 * @param allowedOrigins the origins whose pages may use the API from a browser, such as {@code
 *     https://lab.example.org}
 */
@ConfigurationProperties("shatterlab.security")
record SecurityProperties(
        @DefaultValue Map<String, Token> tokens,
        @DefaultValue Set<String> allowedOrigins) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{64}");
    private static final Pattern ORIGIN = Pattern.compile("https?://[^\\s/?#@*]+");

    /**
     * The rights of a bearer token. The service stores only the digest of the token.
     *
     * @param sha256 the SHA-256 of the token, in hexadecimal
     * @param scopes the scopes that the token allows
     * @param expires the time at which the token expires; null for a token that never expires
     */
    record Token(
            @Nullable String sha256,
            @DefaultValue Set<Scope> scopes,
            @Nullable Instant expires) {

        /** Returns {@code sha256} in lower case. Empty if it is not set. */
        String digest() {
            return sha256 == null ? "" : sha256.toLowerCase(Locale.ROOT);
        }
    }

    SecurityProperties {
        List<String> mistakes = new ArrayList<>();
        Map<String, String> names = new HashMap<>();
        tokens.forEach((name, token) -> {
            String property = "shatterlab.security.tokens." + name;
            if (!NAME.matcher(name).matches()) {
                mistakes.add(property + ": the name must have 1 to 64 lower-case letters, digits and hyphens");
            }
            if (!DIGEST.matcher(token.digest()).matches()) {
                // The value may be the token itself, and messages are logged, so the message must not have the value.
                mistakes.add(property + ".sha256 must be the SHA-256 of the token in 64 hexadecimal digits");
            } else {
                String other = names.putIfAbsent(token.digest(), name);
                if (other != null) {
                    mistakes.add(property + ".sha256 is also the digest of " + other
                            + ", but each name needs a token of its own");
                }
            }
            if (token.scopes().isEmpty()) {
                mistakes.add(property + ".scopes must be read, write or both");
            }
        });
        for (String origin : allowedOrigins) {
            if (!ORIGIN.matcher(origin).matches()) {
                mistakes.add("shatterlab.security.allowed-origins: \"" + origin
                        + "\" is not an origin. An origin is a scheme, a host and optionally a port, without a path"
                        + " and without *, for example https://lab.example.org");
            }
        }
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", mistakes));
        }
    }
}
