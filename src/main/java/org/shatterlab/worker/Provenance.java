package org.shatterlab.worker;

import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.engine.LabRevision;
import org.springframework.boot.info.GitProperties;
import tools.jackson.databind.json.JsonMapper;

/**
 * The origin of the numbers of a cell: everything that must match to repeat them on another machine.
 *
 * @param commit the git commit of this service; null if the service was built outside a git checkout
 * @param labRevision the revision of the lab
 * @param engine the name and version of the engine
 * @param device the class of the devices and, for GPUs, the known names of their models
 * @param intraOpThreads the number of threads per cell
 * @param java the version and vendor of the JVM
 * @param system the operating system and the processor architecture
 * @param processor the model of the processor and its widest vector instructions; null if the system does not tell
 */
record Provenance(
        @Nullable String commit,
        String labRevision,
        String engine,
        String device,
        int intraOpThreads,
        String java,
        String system,
        @Nullable String processor) {

    static Provenance of(String device, @Nullable GitProperties git) {
        RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
        return new Provenance(
                git == null ? null : git.getCommitId(),
                LabRevision.CURRENT,
                LabRevision.ENGINE,
                device,
                Lab.INTRA_OP_THREADS,
                runtime.getVmVersion() + ", " + runtime.getVmVendor(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Processor.name());
    }

    String json(JsonMapper mapper) {
        return mapper.writeValueAsString(this);
    }
}
