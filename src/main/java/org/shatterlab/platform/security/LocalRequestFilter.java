package org.shatterlab.platform.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * A filter that protects a service without tokens from foreign pages in the browser of a local user.
 *
 * <p>The filter rejects requests whose host is no loopback name. In an attack by DNS rebinding, a foreign page makes its
 * own host name resolve to this machine. The filter reads the header {@code Host} itself, because a client may send any
 * {@code X-Forwarded-Host}.
 *
 * <p>The filter also rejects requests that the browser sends for a page of another site, such as an embedded picture.
 * Two kinds are allowed. A request with {@code Origin} was checked by {@link CorsRules}. A user may follow a link.
 */
final class LocalRequestFilter extends OncePerRequestFilter {

    private static final String LOOPBACK = "localhost|127(\\.\\d{1,3}){3}";
    private static final Pattern LOOPBACK_NAME = Pattern.compile(LOOPBACK + "|\\[?::1]?", Pattern.CASE_INSENSITIVE);
    private static final Pattern LOOPBACK_HEADER =
            Pattern.compile("(" + LOOPBACK + "|\\[::1])(:\\d*)?", Pattern.CASE_INSENSITIVE);

    private static final Set<String> FOREIGN_SITES = Set.of("cross-site", "same-site");

    private final SecurityProblemWriter problems;

    LocalRequestFilter(SecurityProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String mistake = mistake(request);
        if (mistake == null) {
            chain.doFilter(request, response);
        } else {
            problems.answer(request, response, new ProblemException(Problem.FORBIDDEN, mistake));
        }
    }

    private static @Nullable String mistake(HttpServletRequest request) {
        String host = request.getHeader(HttpHeaders.HOST);
        // A request of HTTP/1.0 may have no header Host. Browsers always send the header.
        boolean isLocal = host == null || LOOPBACK_HEADER.matcher(host).matches();
        if (!isLocal || !LOOPBACK_NAME.matcher(request.getServerName()).matches()) {
            return "Without tokens the service accepts only localhost and loopback addresses in the header Host. This"
                    + " request has another name.";
        }
        String site = request.getHeader("Sec-Fetch-Site");
        boolean isForeign = site != null
                && FOREIGN_SITES.contains(site)
                && request.getHeader(HttpHeaders.ORIGIN) == null
                && !followsLink(request);
        return isForeign
                ? "Without tokens the service rejects requests that pages of other sites cause. Pages of the allowed"
                        + " origins must use CORS, with fetch() or the attribute crossorigin."
                : null;
    }

    private static boolean followsLink(HttpServletRequest request) {
        return "navigate".equals(request.getHeader("Sec-Fetch-Mode"))
                && "document".equals(request.getHeader("Sec-Fetch-Dest"));
    }
}
