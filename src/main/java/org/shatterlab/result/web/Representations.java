package org.shatterlab.result.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.commons.codec.digest.DigestUtils;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.experiment.store.ExperimentState;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.shatterlab.platform.Role;
import org.shatterlab.platform.request.RequestBudget;
import org.shatterlab.result.plot.MissingFontException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.info.GitProperties;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Builds, caches and sends representations. Building takes much memory and a core. Two budgets therefore limit the
 * representations that are built or sent at a time: one of memory, in mebibytes, and one of cores. Equal requests share
 * one building. Thread-safe.
 */
@Component
@ConditionalOnRole(Role.API)
class Representations {

    /** The part of the heap for representations that are built or sent. */
    private static final int HEAP_PART = 4;

    /** The part of the heap for cached representations. */
    private static final int CACHED_HEAP_PART = 16;

    private static final long MAX_CACHED_BYTES = 64L << 20;

    private static final Duration MAX_WAIT = Duration.ofSeconds(2);

    private final RequestBudget memory;
    private final RequestBudget cores;

    /** The finished representations. The version of the experiment is a part of the key, so no entry is ever outdated. */
    private final Cache<Key, ByteBlocks> finished;

    private final Map<Key, CompletableFuture<ByteBlocks>> inProgress = new ConcurrentHashMap<>();

    /** The revision of the code that builds the bytes. */
    private final String revision;

    /**
     * Creates the service for the heap and the cores of this process. A build outside a git checkout has no commit, so
     * its entity tags hold for the life of the process only.
     */
    @Autowired
    Representations(ObjectProvider<GitProperties> git) {
        this(
                Runtime.getRuntime().maxMemory(),
                Runtime.getRuntime().availableProcessors(),
                git.stream()
                        .map(GitProperties::getCommitId)
                        .findFirst()
                        .orElseGet(() -> UUID.randomUUID().toString()));
    }

    /**
     * Creates the service.
     *
     * @param heap the size of the heap in bytes
     * @param cores the number of cores
     * @param revision the revision of the code that builds the bytes
     */
    Representations(long heap, int cores, String revision) {
        int mebibytes = (int) Math.max(2, heap / HEAP_PART / RepresentationMemory.MEBIBYTE);
        this.memory = new RequestBudget(
                "pictures, matrices and series are built or sent", mebibytes, mebibytes / 2, MAX_WAIT);
        this.cores =
                new RequestBudget("pictures, matrices and series are built", cores, Math.max(1, cores / 2), MAX_WAIT);
        this.finished = Caffeine.newBuilder()
                .maximumWeight(Math.min(MAX_CACHED_BYTES, heap / CACHED_HEAP_PART))
                .weigher((Key _, ByteBlocks bytes) -> bytes.size())
                .build();
        this.revision = revision;
    }

    /** The identity of the bytes of a representation. */
    private record Key(UUID experiment, String version, String resource, String type) {

        static Key of(Representation representation) {
            Experiment experiment = representation.experiment();
            return new Key(
                    experiment.id(), experiment.version().tag(), representation.resource(), representation.type());
        }

        /** Returns a weak entity tag. The bytes of a picture also depend on the fonts of the machine. */
        ETag entityTag(String revision) {
            String hash = DigestUtils.sha256Hex(String.join("\n", version, resource, type, revision));
            return new ETag(hash.substring(0, 24), true);
        }
    }

    /** A representation that a request may send, with the permit for its memory. */
    private record Sendable(ByteBlocks bytes, RequestBudget.Permit permit) implements AutoCloseable {
        @Override
        public void close() {
            permit.close();
        }
    }

    /**
     * Sends a representation, or status 304 if the client has it already.
     *
     * @throws ProblemException with status 503 if the budgets have no room in time, with status 500 if a picture needs a
     *     font, or with the problem of the representation's content
     */
    void send(Representation representation, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Key key = Key.of(representation);
        ETag tag = key.entityTag(revision);
        if (isUnchanged(representation, tag, request)) {
            response.setStatus(HttpStatus.NOT_MODIFIED.value());
            response.setHeader(HttpHeaders.ETAG, tag.formattedTag());
            return;
        }
        try (Sendable sendable = obtain(key, representation, request)) {
            response.setHeader(HttpHeaders.ETAG, tag.formattedTag());
            response.setContentType(representation.type());
            response.setContentLength(sendable.bytes().size());
            sendable.bytes().writeTo(response.getOutputStream());
        }
    }

    /**
     * Returns whether {@code If-None-Match} holds the tag. The header {@code *} matches a representation that exists. A
     * finished experiment has all of its representations.
     */
    private static boolean isUnchanged(Representation representation, ETag tag, HttpServletRequest request) {
        boolean exists = representation.experiment().state() == ExperimentState.SUCCEEDED;
        return ETag.parse(String.join(", ", Collections.list(request.getHeaders(HttpHeaders.IF_NONE_MATCH)))).stream()
                .anyMatch(known -> known.isWildcard() ? exists : known.compare(tag, false));
    }

    /** Returns a cached representation, or waits for an equal request that builds it, or builds it. */
    private Sendable obtain(Key key, Representation representation, HttpServletRequest request) throws IOException {
        boolean retried = false;
        while (true) {
            ByteBlocks cached = finished.getIfPresent(key);
            if (cached != null) {
                return sendable(cached, request);
            }
            CompletableFuture<ByteBlocks> own = new CompletableFuture<>();
            CompletableFuture<ByteBlocks> other = inProgress.putIfAbsent(key, own);
            if (other == null) {
                return build(key, representation, request, own);
            }
            try {
                return sendable(await(other), request);
            } catch (ProblemException e) {
                // The other request may have failed because of the limit of its own token.
                if (e.problem() != Problem.BUSY || retried) {
                    throw e;
                }
                retried = true;
            }
        }
    }

    private Sendable sendable(ByteBlocks bytes, HttpServletRequest request) {
        return new Sendable(bytes, memory.acquire(request, RepresentationMemory.mebibytes(bytes.size())));
    }

    /** Builds a representation, and gives the result to all equal requests that wait. */
    private Sendable build(
            Key key, Representation representation, HttpServletRequest request, CompletableFuture<ByteBlocks> result)
            throws IOException {
        try {
            RequestBudget.Permit permit = memory.acquire(request, representation.memory());
            try {
                ByteBlocks bytes = build(representation, request);
                permit.shrink(RepresentationMemory.mebibytes(bytes.size()));
                finished.put(key, bytes);
                result.complete(bytes);
                return new Sendable(bytes, permit);
            } catch (Throwable e) {
                permit.close();
                throw e;
            }
        } catch (Throwable e) {
            result.completeExceptionally(e);
            throw e;
        } finally {
            inProgress.remove(key);
        }
    }

    private ByteBlocks build(Representation representation, HttpServletRequest request) throws IOException {
        try (var _ = cores.acquire(request)) {
            ByteBlocks bytes = new ByteBlocks();
            representation.content().writeTo(bytes);
            return bytes;
        } catch (MissingFontException e) {
            throw new ProblemException(Problem.NO_FONT, Objects.requireNonNull(e.getMessage()));
        }
    }

    private static ByteBlocks await(CompletableFuture<ByteBlocks> other) throws IOException {
        try {
            return other.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException unchecked -> throw unchecked;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(Problem.BUSY, "The service stops. Retry in a second.");
        }
    }
}
