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
 * Who may use the API, where it is not everyone on this machine.
 *
 * @param tokens bearer tokens by name: of each {@code sha256}, {@code scopes} and {@code expires}, see "Who may use it"
 * @param allowedOrigins the origins whose pages may use the API from a browser, {@code https://lab.example.org} for instance
 */
@ConfigurationProperties("shatterlab.security")
record SecurityProperties(
        @DefaultValue Map<String, Token> tokens,
        @DefaultValue Set<String> allowedOrigins) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{64}");
    private static final Pattern ORIGIN = Pattern.compile("https?://[^\\s/?#@*]+");

    /**
     * A token, which itself is nowhere.
     *
     * @param sha256 the SHA-256 of the token, in hexadecimal
     * @param scopes what it allows
     * @param expires from when on it allows nothing; null for never
     */
    record Token(
            @Nullable String sha256,
            @DefaultValue Set<Scope> scopes,
            @Nullable Instant expires) {

        /** {@code sha256} in lower case; empty where there is none. */
        String digest() {
            return sha256 == null ? "" : sha256.toLowerCase(Locale.ROOT);
        }
    }

    SecurityProperties {
        List<String> mistakes = new ArrayList<>();
        Map<String, String> names = new HashMap<>();
        tokens.forEach((name, token) -> {
            String place = "shatterlab.security.tokens." + name;
            if (!NAME.matcher(name).matches()) {
                mistakes.add(place + ": a name has 1 to 64 lower-case letters, digits and hyphens");
            }
            if (!DIGEST.matcher(token.digest()).matches()) {
                // What was given may be the token itself, and messages are logged.
                mistakes.add(place + ".sha256 must be the SHA-256 of the token in 64 hexadecimal digits");
            } else {
                String other = names.putIfAbsent(token.digest(), name);
                if (other != null) {
                    mistakes.add(place + ".sha256 is that of " + other + ": each name needs a token of its own");
                }
            }
            if (token.scopes().isEmpty()) {
                mistakes.add(place + ".scopes must have read, write or both");
            }
        });
        for (String origin : allowedOrigins) {
            if (!ORIGIN.matcher(origin).matches()) {
                mistakes.add("shatterlab.security.allowed-origins: \"" + origin
                        + "\" is no origin such as https://lab.example.org: a scheme, a host and perhaps a port, without"
                        + " a path and without *");
            }
        }
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", mistakes));
        }
    }
}
