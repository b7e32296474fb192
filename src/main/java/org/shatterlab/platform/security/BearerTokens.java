package org.shatterlab.platform.security;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderInitializationException;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtGrantedAuthoritiesConverter;

/**
 * Authenticates bearer tokens. A token is either one of the settings or a JWT of the configured issuer. The principal
 * of a token in the settings is {@code token:} and its name. The principal of a JWT is {@code jwt:} and its subject.
 * Thread-safe.
 */
final class BearerTokens implements AuthenticationManager {

    private static final Pattern SIGNED_JWT = Pattern.compile("[^.]+\\.[^.]+\\.[^.]+");

    /** The limit on threads that an unresponsive issuer can block. Otherwise a check takes less than a millisecond. */
    private static final int MAX_CONCURRENT_CHECKS = 4;

    private static final int MAX_WAIT_SECONDS = 2;

    private final Map<String, KnownToken> known = new HashMap<>();
    private final @Nullable JwtDecoder decoder;
    private final JwtGrantedAuthoritiesConverter claimedScopes = new JwtGrantedAuthoritiesConverter();
    private final Semaphore checks = new Semaphore(MAX_CONCURRENT_CHECKS);

    private record KnownToken(String principal, List<GrantedAuthority> authorities, Instant expires) {}

    BearerTokens(Map<String, SecurityProperties.Token> tokens, @Nullable JwtDecoder decoder) {
        this.decoder = decoder;
        tokens.forEach((name, token) -> known.put(
                token.digest(),
                new KnownToken(
                        "token:" + name,
                        token.scopes().stream()
                                .<GrantedAuthority>map(scope -> new SimpleGrantedAuthority(scope.authority()))
                                .toList(),
                        token.expires() == null ? Instant.MAX : token.expires())));
    }

    /** Returns whether no token can be authenticated: the settings have neither a token nor an issuer. */
    boolean isEmpty() {
        return known.isEmpty() && decoder == null;
    }

    @Override
    public Authentication authenticate(Authentication request) {
        String token = ((BearerTokenAuthenticationToken) request).getToken();
        // The time of the look-up can reveal only the digest, and no token can be computed from a digest.
        KnownToken owner = known.get(DigestUtils.sha256Hex(token));
        if (owner == null) {
            return authenticateJwt(token);
        }
        if (!Instant.now().isBefore(owner.expires())) {
            throw new InvalidBearerTokenException("The token has expired.");
        }
        return UsernamePasswordAuthenticationToken.authenticated(owner.principal(), null, owner.authorities());
    }

    private Authentication authenticateJwt(String token) {
        if (decoder == null || !SIGNED_JWT.matcher(token).matches()) {
            throw new InvalidBearerTokenException("The token is unknown.");
        }
        Jwt jwt = verify(token, decoder);
        if (jwt.getSubject() == null) {
            throw new InvalidBearerTokenException("The token has no subject.");
        }
        return new JwtAuthenticationToken(jwt, claimedScopes.convert(jwt), "jwt:" + jwt.getSubject());
    }

    private Jwt verify(String token, JwtDecoder decoder) {
        try {
            if (!checks.tryAcquire(MAX_WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IssuerUnavailableException("Too many checks wait for the issuer.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IssuerUnavailableException("The check of a token was interrupted.", e);
        }
        try {
            return decoder.decode(token);
        } catch (BadJwtException e) {
            throw new InvalidBearerTokenException("The token is not a currently valid token of the issuer.", e);
        } catch (JwtException | JwtDecoderInitializationException e) {
            throw new IssuerUnavailableException("The issuer does not answer.", e);
        } finally {
            checks.release();
        }
    }
}
