package org.shatterlab.experiment.web;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import org.shatterlab.experiment.queue.WorkerRegistry;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.platform.Role;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists the workers with their devices, their states and the cells that they compute. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping(path = "/api/v1/workers", produces = MediaType.APPLICATION_JSON_VALUE)
class WorkerController {

    private final WorkerRegistry workers;

    WorkerController(WorkerRegistry workers) {
        this.workers = workers;
    }

    record WorkerList(List<WorkerResponse> items) {}

    /** The representation of a worker process in the API. */
    record WorkerResponse(
            String name,
            String node,
            String device,
            String engine,
            WorkerRegistry.WorkerState state,
            int threads,
            long memoryBytes,
            Instant startedAt,
            Instant lastHeartbeat,
            List<WorkerRegistry.CurrentCell> currentCells) {

        static WorkerResponse of(WorkerRegistry.WorkerStatus seen) {
            WorkerRegistry.Worker worker = seen.worker();
            return new WorkerResponse(
                    worker.name(),
                    worker.node(),
                    worker.device(),
                    worker.engine(),
                    seen.state(),
                    worker.threads(),
                    worker.memoryBytes(),
                    seen.startedAt(),
                    seen.lastHeartbeat(),
                    seen.currentCells());
        }
    }

    @GetMapping
    WorkerList list(HttpServletRequest request) {
        QueryParameters.requireNone(request.getParameterMap());
        return new WorkerList(workers.list().stream().map(WorkerResponse::of).toList());
    }
}
