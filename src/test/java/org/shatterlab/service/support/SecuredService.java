package org.shatterlab.service.support;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.shatterlab.ShatterlabApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Starts services whose API authenticates its callers, and sends requests to these services. */
public final class SecuredService {

    /** A token with the scope {@code read}. */
    public static final String READER = "reader-8d1f0c5b7e9a4f62";
    /** A token with the scope {@code write}. */
    public static final String WRITER = "writer-3b6c2e8f1a7d4950";
    /** A token with both scopes. */
    public static final String BOTH = "both-5e9a7c1d3f8b2460";
    /** A token with both scopes that has expired. */
    public static final String EXPIRED = "expired-0f4b8d2c6a1e3957";
    /** A token that no service knows. */
    public static final String UNKNOWN = "unknown-9c3e5a7b1d8f2046";
    /** The origin whose pages may use the API. */
    public static final String ALLOWED_ORIGIN = "https://lab.example.org";
    /** An empty body, and the absence of an {@code Authorization} header. */
    public static final String NONE = "";

    /** A specification of one cell, with a placeholder for the seed. */
    public static final String EXPERIMENT = """
            {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 17}, "runs": 5, "seed": %d}""";

    private SecuredService() {}

    /**
     * Starts an API that accepts the tokens {@link #READER}, {@link #WRITER} and {@link #BOTH}, and the tokens of an
     * issuer.
     *
     * @param data data folder
     * @param issuer address of the issuer
     */
    public static Service start(Path data, String issuer) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.security.oauth2.resourceserver.jwt.issuer-uri=" + issuer,
                "--spring.security.oauth2.resourceserver.jwt.audiences=" + TokenIssuer.AUDIENCE,
                "--shatterlab.security.allowed-origins=" + ALLOWED_ORIGIN));
        arguments.addAll(token("reader", READER, "read"));
        arguments.addAll(token("writer", WRITER, "write"));
        arguments.addAll(token("both", BOTH, "read,write"));
        arguments.addAll(token("expired", EXPIRED, "read,write"));
        arguments.add(
                "--shatterlab.security.tokens.expired.expires=" + Instant.now().minusSeconds(1));
        return startApi(data, arguments);
    }

    private static List<String> token(String name, String token, String scopes) {
        String prefix = "--shatterlab.security.tokens." + name;
        return List.of(prefix + ".sha256=" + sha256(token), prefix + ".scopes=" + scopes);
    }

    /** Returns the SHA-256 of a token in hexadecimal, as the settings of the service need the hash. */
    public static String sha256(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Starts an API that also reports the caller of each accepted request, in the response header {@code X-Principal}.
     */
    public static Service startApi(Path data, List<String> moreArguments) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--shatterlab.welcome=false",
                "--shatterlab.roles=api",
                "--shatterlab.data-dir=" + data));
        arguments.addAll(TestDatabase.arguments(data));
        arguments.addAll(moreArguments);
        return Service.of(new SpringApplicationBuilder(ShatterlabApplication.class)
                .initializers(SecuredService::addPrincipal)
                .run(arguments.toArray(String[]::new)));
    }

    private static void addPrincipal(ConfigurableApplicationContext context) {
        Filter filter = (request, response, chain) -> {
            Principal principal = ((HttpServletRequest) request).getUserPrincipal();
            ((HttpServletResponse) response).setHeader("X-Principal", principal == null ? "none" : principal.getName());
            chain.doFilter(request, response);
        };
        ((GenericApplicationContext) context).registerBean("principalFilter", Filter.class, () -> filter);
    }

    /** Sends a request with this {@code Authorization} header. An empty value sends no such header. */
    public static HttpResponse<String> call(Service service, String method, String address, String authorization) {
        return authorization.isEmpty()
                ? service.call(method, address, NONE)
                : service.call(method, address, NONE, "Authorization", authorization);
    }
}
