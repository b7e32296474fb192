package org.shatterlab.platform.request;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * A filter that decides about headers on which the framework or the server would fail, on every path and before any
 * work.
 *
 * <ul>
 *   <li>{@code Accept} must be readable. Parameters other than the weight are dropped, because the service writes each
 *       type in one way only. The framework would fail on some parameters, and only after the work.
 *   <li>{@code Accept-Language} is ignored, because all texts are English. The server fails on a long list.
 *   <li>{@code Content-Encoding} must be absent, because the service reads no compressed body.
 *   <li>{@code X-Forwarded-Prefix}, if the settings trust it, must be a plain path, because links begin with it.
 *   <li>{@code X-Forwarded-Proto} and {@code Forwarded}, if the settings trust them, must name http or https.
 * </ul>
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 5)
class RequestHeaderFilter extends OncePerRequestFilter {

    /** The framework refuses to sort more types. */
    private static final int MAX_ACCEPTED_TYPES = 50;

    private static final String WEIGHT = "q";
    private static final String PLAIN = "identity";
    private static final Set<String> BODILESS = Set.of(HttpMethod.GET.name(), HttpMethod.HEAD.name());

    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final Pattern PREFIX = Pattern.compile("(/[\\w~-][\\w.~-]*)*");

    private final HandlerExceptionResolver problems;

    RequestHeaderFilter(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        HttpServletRequest checked;
        try {
            requirePlainPrefix(request);
            requireWebScheme(request);
            checked = new CheckedRequest(request, accepted(request));
            requirePlainBody(request);
        } catch (ProblemException e) {
            problems.resolveException(new RejectedRequest(request), response, null, e);
            return;
        }
        chain.doFilter(checked, response);
    }

    private static void requirePlainPrefix(HttpServletRequest request) {
        if (!hasPlainPrefix(request)) {
            throw new ProblemException(
                    Problem.MALFORMED_REQUEST,
                    "The header X-Forwarded-Prefix must be a path such as /lab, of letters, digits and . _ ~ - only.");
        }
    }

    private static void requireWebScheme(HttpServletRequest request) {
        if (!SCHEMES.contains(request.getScheme())) {
            throw new ProblemException(
                    Problem.MALFORMED_REQUEST,
                    "The scheme of the headers X-Forwarded-Proto and Forwarded must be http or https.");
        }
    }

    /** Returns whether the prefix is that of the settings, or a path that needs no percent-encoding. */
    private static boolean hasPlainPrefix(HttpServletRequest request) {
        String prefix = request.getContextPath();
        return prefix.equals(request.getServletContext().getContextPath())
                || PREFIX.matcher(prefix).matches();
    }

    /** Returns the accepted types with their weights, as the value of one header. Empty if every type is accepted. */
    private static String accepted(HttpServletRequest request) {
        List<MediaType> types;
        try {
            types = MediaType.parseMediaTypes(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)));
        } catch (InvalidMediaTypeException e) {
            throw new ProblemException(
                    Problem.NOT_ACCEPTABLE,
                    "The header Accept cannot be read. It must list media types such as application/json, separated by"
                            + " commas.");
        }
        if (types.size() > MAX_ACCEPTED_TYPES) {
            throw new ProblemException(
                    Problem.NOT_ACCEPTABLE,
                    "The header Accept has " + types.size() + " media types. At most " + MAX_ACCEPTED_TYPES
                            + " are allowed.");
        }
        return MediaType.toString(
                types.stream().map(RequestHeaderFilter::withoutParameters).toList());
    }

    private static MediaType withoutParameters(MediaType type) {
        return type.getParameter(WEIGHT) == null
                ? new MediaType(type.getType(), type.getSubtype())
                : new MediaType(type.getType(), type.getSubtype(), type.getQualityValue());
    }

    private static void requirePlainBody(HttpServletRequest request) {
        boolean isPlain = Collections.list(request.getHeaders(HttpHeaders.CONTENT_ENCODING)).stream()
                .allMatch(encoding -> encoding.isBlank() || encoding.strip().equalsIgnoreCase(PLAIN));
        if (!isPlain && !BODILESS.contains(request.getMethod())) {
            HttpHeaders headers = new HttpHeaders();
            headers.set(HttpHeaders.ACCEPT_ENCODING, PLAIN);
            throw new ProblemException(
                    Problem.UNSUPPORTED_MEDIA_TYPE,
                    "The body has a Content-Encoding. Send the body without compression.",
                    headers);
        }
    }

    /** A rejected request, whose address is without the prefix if the prefix is no path. */
    private static final class RejectedRequest extends HttpServletRequestWrapper {

        private RejectedRequest(HttpServletRequest request) {
            super(request);
        }

        @Override
        public String getRequestURI() {
            String address = super.getRequestURI();
            String prefix = getContextPath();
            return hasPlainPrefix(this) || !address.startsWith(prefix) ? address : address.substring(prefix.length());
        }

        /** Returns the address without its host, because the scheme may be no scheme. */
        @Override
        public StringBuffer getRequestURL() {
            return new StringBuffer(getRequestURI());
        }
    }

    /** A request whose header {@code Accept} is readable, and whose language is English. */
    private static final class CheckedRequest extends HttpServletRequestWrapper {

        private final String accept;

        private CheckedRequest(HttpServletRequest request, String accept) {
            super(request);
            this.accept = accept;
        }

        @Override
        public @Nullable String getHeader(String name) {
            return HttpHeaders.ACCEPT.equalsIgnoreCase(name) ? accept.isEmpty() ? null : accept : super.getHeader(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return HttpHeaders.ACCEPT.equalsIgnoreCase(name)
                    ? Collections.enumeration(accept.isEmpty() ? List.of() : List.of(accept))
                    : super.getHeaders(name);
        }

        @Override
        public Locale getLocale() {
            return Locale.ENGLISH;
        }

        @Override
        public Enumeration<Locale> getLocales() {
            return Collections.enumeration(List.of(Locale.ENGLISH));
        }
    }
}
