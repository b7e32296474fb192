package org.shatterlab.worker;

import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.engine.LabRevision;
import org.springframework.boot.info.GitProperties;
import tools.jackson.databind.json.JsonMapper;

/**
 * What computed a cell: all that a repetition on another machine would have to match.
 *
 * @param commit of this service; null where it was built outside a git checkout
 * @param labRevision of the numerics
 * @param engine name and version
 * @param device the class that computed and, of GPUs, what can be told of their models
 * @param intraOpThreads threads per cell
 * @param java version and vendor
 * @param system operating system and processor architecture
 */
record Provenance(
        @Nullable String commit,
        String labRevision,
        String engine,
        String device,
        int intraOpThreads,
        String java,
        String system) {

    static Provenance of(String device, @Nullable GitProperties git) {
        var runtime = ManagementFactory.getRuntimeMXBean();
        return new Provenance(
                git == null ? null : git.getCommitId(),
                LabRevision.CURRENT,
                LabRevision.ENGINE,
                device,
                Lab.INTRA_OP_THREADS,
                runtime.getVmVersion() + ", " + runtime.getVmVendor(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    }

    String json(JsonMapper mapper) {
        return mapper.writeValueAsString(this);
    }
}
