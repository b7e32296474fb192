package org.shatterlab.result.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.shatterlab.experiment.spec.SpecBodies;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.experiment.store.ExperimentState;
import org.shatterlab.experiment.store.Progress;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

@Timeout(60)
class RepresentationsTest {

    private static final UUID ID = UUID.randomUUID();

    /** A budget of 64 MiB, 32 MiB for a token, on four cores. */
    private final Representations representations = new Representations(256L << 20, 4, "commit");

    private final AtomicInteger built = new AtomicInteger();

    private static Experiment experiment(ExperimentState state, int done) {
        return new Experiment(
                ID,
                null,
                state,
                new Progress(2, done, 0, 0, done / 2.0, null),
                SpecBodies.read("{'networks': [{'family': 'white-noise'}]}"),
                null,
                Instant.EPOCH,
                Instant.EPOCH,
                null,
                null);
    }

    private Representation picture(Experiment experiment, String resource, int memory) {
        return new Representation(experiment, resource, "image/png", memory, target -> {
            built.incrementAndGet();
            target.write("pixels".getBytes(StandardCharsets.UTF_8));
        });
    }

    /** A picture whose drawing waits. */
    private record SlowPicture(CountDownLatch begun, CountDownLatch end) {

        SlowPicture() {
            this(new CountDownLatch(1), new CountDownLatch(1));
        }

        Representation of(Experiment experiment, String resource, int memory) {
            return new Representation(experiment, resource, "image/png", memory, target -> {
                begun.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                target.write(1);
            });
        }
    }

    private static MockHttpServletRequest request(@Nullable String token, String... ifNoneMatch) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        Principal principal = token == null ? null : () -> token;
        request.setUserPrincipal(principal);
        for (String tags : ifNoneMatch) {
            request.addHeader("If-None-Match", tags);
        }
        return request;
    }

    private MockHttpServletResponse send(Representation representation, String... ifNoneMatch) throws IOException {
        return send(representation, request(null, ifNoneMatch));
    }

    private MockHttpServletResponse send(Representation representation, MockHttpServletRequest request)
            throws IOException {
        MockHttpServletResponse response = new MockHttpServletResponse();
        representations.send(representation, request, response);
        return response;
    }

    @Test
    void buildsEachVersionOnce() throws IOException {
        for (int done : List.of(1, 2)) {
            for (int i = 0; i < 3; i++) {
                MockHttpServletResponse response = send(picture(experiment(ExperimentState.RUNNING, done), "a", 1));
                assertThat(response.getContentAsString()).isEqualTo("pixels");
                assertThat(response.getContentType()).isEqualTo("image/png");
            }
            assertThat(built).hasValue(done);
        }
    }

    @Test
    void tagChangesWithVersionAndRevision() throws IOException {
        Representation running = picture(experiment(ExperimentState.RUNNING, 1), "a", 1);
        String tag = send(running).getHeader("ETag");
        assertThat(tag).startsWith("W/\"");
        assertThat(send(picture(experiment(ExperimentState.RUNNING, 2), "a", 1)).getHeader("ETag"))
                .isNotEqualTo(tag);
        assertThat(send(picture(experiment(ExperimentState.RUNNING, 1), "b", 1)).getHeader("ETag"))
                .isNotEqualTo(tag);
        MockHttpServletResponse other = new MockHttpServletResponse();
        new Representations(256L << 20, 4, "next commit").send(running, request(null), other);
        assertThat(other.getHeader("ETag")).isNotEqualTo(tag);
    }

    @Test
    void knownTagIsNotBuilt() throws IOException {
        Representation picture = picture(experiment(ExperimentState.RUNNING, 1), "a", 1);
        String tag = send(picture).getHeader("ETag");
        Representations restarted = new Representations(256L << 20, 4, "commit");
        MockHttpServletResponse response = new MockHttpServletResponse();
        restarted.send(picture, request(null, "\"other\", " + tag), response);
        assertThat(response.getStatus()).isEqualTo(304);
        assertThat(response.getHeader("ETag")).isEqualTo(tag);
        assertThat(response.getContentAsByteArray()).isEmpty();
        assertThat(built).hasValue(1);
        assertThat(send(picture, "\"other\"").getStatus()).isEqualTo(200);
    }

    @Test
    void wildcardMatchesFinishedExperiment() throws IOException {
        assertThat(send(picture(experiment(ExperimentState.SUCCEEDED, 2), "a", 1), "*")
                        .getStatus())
                .isEqualTo(304);
        assertThat(built).hasValue(0);
        assertThat(send(picture(experiment(ExperimentState.RUNNING, 1), "a", 1), "*")
                        .getStatus())
                .isEqualTo(200);
    }

    @Test
    void equalRequestsShareOneBuilding() throws Exception {
        Experiment experiment = experiment(ExperimentState.RUNNING, 1);
        SlowPicture slow = new SlowPicture();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<MockHttpServletResponse> first =
                    threads.submit(() -> send(slow.of(experiment, "a", 64), request(null)));
            slow.begun().await();
            List<Future<MockHttpServletResponse>> others = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                others.add(threads.submit(() -> send(picture(experiment, "a", 64), request(null))));
            }
            slow.end().countDown();
            assertThat(first.get().getContentAsByteArray()).hasSize(1);
            for (Future<MockHttpServletResponse> other : others) {
                assertThat(other.get().getContentAsByteArray()).hasSize(1);
            }
        }
        assertThat(built).hasValue(0);
    }

    @Test
    void memoryOfOneTokenIsLimited() throws Exception {
        Experiment experiment = experiment(ExperimentState.RUNNING, 1);
        SlowPicture slow = new SlowPicture();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<MockHttpServletResponse> first =
                    threads.submit(() -> send(slow.of(experiment, "a", 20), request("one")));
            slow.begun().await();
            assertThatThrownBy(() -> send(picture(experiment, "b", 20), request("one")))
                    .isInstanceOfSatisfying(
                            ProblemException.class, e -> assertThat(e.problem()).isEqualTo(Problem.BUSY));
            assertThat(send(picture(experiment, "c", 20), request("two")).getStatus())
                    .isEqualTo(200);
            slow.end().countDown();
            first.get();
            // The finished picture needs one mebibyte while it is sent, and none afterwards.
            assertThat(send(picture(experiment, "d", 32), request("one")).getStatus())
                    .isEqualTo(200);
        }
    }

    @Test
    void failureIsNotCached() throws IOException {
        Experiment experiment = experiment(ExperimentState.RUNNING, 1);
        Representation missing = new Representation(experiment, "a", "image/png", 1, _ -> {
            throw new ProblemException(Problem.NOT_MEASURED_YET, "Not yet.");
        });
        assertThatThrownBy(() -> send(missing)).isInstanceOf(ProblemException.class);
        assertThat(send(picture(experiment, "a", 64)).getStatus()).isEqualTo(200);
    }
}
