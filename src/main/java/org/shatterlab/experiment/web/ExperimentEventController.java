package org.shatterlab.experiment.web;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.ExperimentChangeNotifier;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.store.ExperimentStatus;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.platform.Role;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Serves the changes of an experiment as a stream of server-sent events. */
@RestController
@ConditionalOnRole(Role.API)
class ExperimentEventController {

    private final ExperimentService experiments;
    private final ExperimentChangeNotifier notifier;
    private final StreamBudget streams;

    ExperimentEventController(ExperimentService experiments, ExperimentChangeNotifier notifier, StreamBudget streams) {
        this.experiments = experiments;
        this.notifier = notifier;
        this.streams = streams;
    }

    /**
     * Opens the stream. A client that has already seen the last event of an ended experiment receives status 204,
     * because browsers would otherwise reconnect for ever.
     *
     * @param lastEventId the tag of the version that the client saw last, sent by any process; null on the first
     *     connection
     */
    @GetMapping(path = "/api/v1/experiments/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    ResponseEntity<SseEmitter> follow(
            @PathVariable String id,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            HttpServletRequest request) {
        QueryParameters.requireNone(request.getParameterMap());
        streams.hold(request);
        ExperimentStatus now = experiments.get(id).status();
        boolean seen = now.version().tag().equals(lastEventId);
        if (seen && now.state().isTerminal()) {
            return ResponseEntity.noContent().build();
        }
        ResponseEntity.BodyBuilder response = ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                // Proxies that buffer responses would hold the events back.
                .header("X-Accel-Buffering", "no");
        if (HttpMethod.HEAD.matches(request.getMethod())) {
            return response.contentType(MediaType.TEXT_EVENT_STREAM).build();
        }
        ExperimentEventStream stream = new ExperimentEventStream(now, seen);
        return response.body(stream.open(notifier.watch(now.id(), now.version(), stream)));
    }
}
