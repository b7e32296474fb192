package org.shatterlab.platform;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a process of the service does, and where it keeps what must outlive it.
 *
 * @param roles what this process does: answers HTTP, measures cells, or both
 * @param dataDir the folder of the embedded database and the unpacked engine
 * @param datasetsDir the folder of your image data sets; empty for {@code datasets} in the data folder
 * @param welcome whether a new embedded database starts with Figure 1
 * @param shutdownDelay how long the API goes on answering when the process is told to stop and is no longer ready
 */
@ConfigurationProperties("shatterlab")
public record ServiceProperties(
        @DefaultValue({"api", "worker"}) Set<Role> roles,
        @DefaultValue(HOME + DATA) String dataDir,
        @DefaultValue("") String datasetsDir,
        @DefaultValue("true") boolean welcome,
        @DefaultValue("0s") Duration shutdownDelay) {

    private static final String HOME = "~/";
    private static final String DATA = ".shatterlab";

    /** {@code dataDir}, with the home folder of the user in place of the tilde; left empty it is the default. */
    public Path folder() {
        return path(dataDir.isBlank() ? HOME + DATA : dataDir);
    }

    /** {@code datasetsDir}, likewise. */
    public Path datasets() {
        return datasetsDir.isBlank() ? folder().resolve("datasets") : path(datasetsDir);
    }

    private static Path path(String name) {
        Path home = Path.of(System.getProperty("user.home"));
        Path folder = name.startsWith(HOME) ? home.resolve(name.substring(HOME.length())) : Path.of(name);
        return folder.toAbsolutePath().normalize();
    }
}
