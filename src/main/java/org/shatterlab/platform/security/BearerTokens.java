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
 * Tells whose a bearer token is: one of the settings, or else, where an issuer is configured, a JWT of it. The two kinds of
 * principals have names that cannot meet: {@code token:} and the name in the settings, {@code jwt:} and the subject.
 */
final class BearerTokens implements AuthenticationManager {

    private static final Pattern SIGNED_JWT = Pattern.compile("[^.]+\\.[^.]+\\.[^.]+");

    /** An issuer that hangs holds at most so many threads of the service; a check takes less than a millisecond otherwise. */
    private static final int CHECKS_AT_A_TIME = 4;

    private static final int PATIENCE_SECONDS = 2;

    private final Map<String, Known> known = new HashMap<>();
    private final @Nullable JwtDecoder decoder;
    private final JwtGrantedAuthoritiesConverter claimedScopes = new JwtGrantedAuthoritiesConverter();
    private final Semaphore checks = new Semaphore(CHECKS_AT_A_TIME);

    private record Known(String principal, List<GrantedAuthority> authorities, Instant expires) {}

    BearerTokens(Map<String, SecurityProperties.Token> tokens, @Nullable JwtDecoder decoder) {
        this.decoder = decoder;
        tokens.forEach((name, token) -> known.put(
                token.digest(),
                new Known(
                        "token:" + name,
                        token.scopes().stream()
                                .<GrantedAuthority>map(scope -> new SimpleGrantedAuthority(scope.authority()))
                                .toList(),
                        token.expires() == null ? Instant.MAX : token.expires())));
    }

    /** Whether there is anyone whom it knows. */
    boolean isEmpty() {
        return known.isEmpty() && decoder == null;
    }

    @Override
    public Authentication authenticate(Authentication request) {
        String token = ((BearerTokenAuthenticationToken) request).getToken();
        // How long the look-up takes tells something of the digest at most, from which no token follows.
        Known owner = known.get(DigestUtils.sha256Hex(token));
        if (owner == null) {
            return ofIssuer(token);
        }
        if (!Instant.now().isBefore(owner.expires())) {
            throw new InvalidBearerTokenException("the token has expired");
        }
        return UsernamePasswordAuthenticationToken.authenticated(owner.principal(), null, owner.authorities());
    }

    private Authentication ofIssuer(String token) {
        if (decoder == null || !SIGNED_JWT.matcher(token).matches()) {
            throw new InvalidBearerTokenException("the token is unknown");
        }
        Jwt jwt = verified(token, decoder);
        if (jwt.getSubject() == null) {
            throw new InvalidBearerTokenException("the token has no subject");
        }
        return new JwtAuthenticationToken(jwt, claimedScopes.convert(jwt), "jwt:" + jwt.getSubject());
    }

    private Jwt verified(String token, JwtDecoder decoder) {
        try {
            if (!checks.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IssuerAwayException("others wait for the issuer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IssuerAwayException("interrupted", e);
        }
        try {
            return decoder.decode(token);
        } catch (BadJwtException e) {
            throw new InvalidBearerTokenException("the token is not one of the issuer that is valid now", e);
        } catch (JwtException | JwtDecoderInitializationException e) {
            throw new IssuerAwayException("the issuer does not answer", e);
        } finally {
            checks.release();
        }
    }
}
