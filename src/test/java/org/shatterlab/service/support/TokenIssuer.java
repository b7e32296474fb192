package org.shatterlab.service.support;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;

/** A minimal OpenID provider for tests. It serves its configuration and its public keys, and signs JSON web tokens. */
public final class TokenIssuer implements AutoCloseable {

    static final String AUDIENCE = "shatterlab";

    private final HttpServer server;
    private final RSAKey key = generateKey();

    private TokenIssuer(HttpServer server) {
        this.server = server;
    }

    /**
     * Starts an issuer on the loopback interface.
     *
     * @param port port; 0 for any free port
     */
    public static TokenIssuer start(int port) {
        try {
            TokenIssuer issuer = new TokenIssuer(
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
            issuer.serve(
                    "/.well-known/openid-configuration",
                    "{\"issuer\": \"%1$s\", \"jwks_uri\": \"%1$s/keys\"}".formatted(issuer.address()));
            issuer.serve("/keys", new JWKSet(issuer.key.toPublicJWK()).toString());
            issuer.server.start();
            return issuer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(String path, String json) {
        server.createContext(path, exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public static RSAKey generateKey() {
        try {
            return new RSAKeyGenerator(2048).keyID("the key").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns claims of the caller {@code ann} that are valid for the next minute and have no scopes. */
    public JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(address())
                .subject("ann")
                .audience(AUDIENCE)
                .expirationTime(Date.from(Instant.now().plusSeconds(60)));
    }

    /** Returns the claims of {@link #claims} with all scopes. */
    public JWTClaimsSet.Builder scoped() {
        return claims().claim("scope", "read write");
    }

    /** Returns a token that this issuer signs with its key. */
    public String sign(JWTClaimsSet.Builder claims) {
        return sign(claims, key);
    }

    /** Returns a token signed with a given key. */
    public static String sign(JWTClaimsSet.Builder claims, RSAKey key) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims.build());
            token.sign(new RSASSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
