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

/** Starts services that ask who callers are. */
public final class SecuredService {

    public static final String READER = "reader-8d1f0c5b7e9a4f62";
    public static final String WRITER = "writer-3b6c2e8f1a7d4950";
    public static final String BOTH = "both-5e9a7c1d3f8b2460";
    public static final String EXPIRED = "expired-0f4b8d2c6a1e3957";
    public static final String UNKNOWN = "unknown-9c3e5a7b1d8f2046";
    public static final String PAGE = "https://lab.example.org";
    public static final String NONE = "";

    public static final String EXPERIMENT = """
            {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 17}, "runs": 5, "seed": %d}""";

    private SecuredService() {}

    /** Starts an API with tokens of its own beside those of an issuer. */
    public static Service start(Path data, String issuer) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.security.oauth2.resourceserver.jwt.issuer-uri=" + issuer,
                "--spring.security.oauth2.resourceserver.jwt.audiences=" + TokenIssuer.AUDIENCE,
                "--shatterlab.security.allowed-origins=" + PAGE));
        arguments.addAll(token("reader", READER, "read"));
        arguments.addAll(token("writer", WRITER, "write"));
        arguments.addAll(token("both", BOTH, "read,write"));
        arguments.addAll(token("expired", EXPIRED, "read,write"));
        arguments.add(
                "--shatterlab.security.tokens.expired.expires=" + Instant.now().minusSeconds(1));
        return open(data, arguments);
    }

    private static List<String> token(String name, String token, String scopes) {
        String place = "--shatterlab.security.tokens." + name;
        return List.of(place + ".sha256=" + sha256(token), place + ".scopes=" + scopes);
    }

    public static String sha256(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts an API that also says of each request that is let through whose it is. */
    public static Service open(Path data, List<String> more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--shatterlab.welcome=false",
                "--shatterlab.roles=api",
                "--shatterlab.data-dir=" + data));
        arguments.addAll(TestDatabase.arguments(data));
        arguments.addAll(more);
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

    /** Asks with this header, or with none where it is empty. */
    public static HttpResponse<String> ask(Service service, String method, String address, String authorization) {
        return authorization.isEmpty()
                ? service.call(method, address, NONE)
                : service.call(method, address, NONE, "Authorization", authorization);
    }
}
