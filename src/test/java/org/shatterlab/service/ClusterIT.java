package org.shatterlab.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Processes on one database share its cells, and none is computed twice. */
class ClusterIT {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterIT.class);
    private static final int CELLS = 2000;

    /** The process of this test is one of the four, and the one with the database where there is no container. */
    @Test
    void fourProcessesComputeEachCellOnce(
            @TempDir Path first, @TempDir Path second, @TempDir Path third, @TempDir Path fourth) {
        List<ServiceProcess> others = new ArrayList<>();
        try (Service service = Service.start(first)) {
            try {
                for (Path folder : List.of(second, third, fourth)) {
                    others.add(ServiceProcess.start(folder, ServiceProcess.freePort(), service.databaseArguments()));
                }
                others.forEach(ServiceProcess::awaitReady);
                JsonNode experiment = service.run("""
                        {"networks": [{"family": "white-noise"}], "inputs": {"type": "grid", "points": 16},
                         "statistics": ["gradient-variance"], "runs": %d}""".formatted(5 * CELLS));
                assertThat(experiment.get("state").asString()).isEqualTo("SUCCEEDED");
            } finally {
                others.forEach(ServiceProcess::close);
            }
            List<Long> shares = service.numbers("select count(*) from cell_execution group by worker order by 1");
            LOG.info("Cells by process: {}", shares);
            assertThat(shares).hasSize(4);
            assertThat(service.count("cell_execution")).isEqualTo(CELLS);
            assertThat(service.count("cell where state = 'DONE' and fence = 1")).isEqualTo(CELLS);
            assertThat(service.count("cell_row")).isEqualTo(CELLS);
        }
    }
}
