package org.shatterlab.platform;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The roles of a process and the folders of its data.
 *
 * @param roles the roles of this process: {@code api} answers HTTP, {@code worker} measures cells
 * @param dataDir the folder of the embedded database and of the unpacked engine
 * @param datasetsDir the folder of your image data sets; empty for {@code datasets} in the data folder
 * @param welcome whether the service measures Figure 1 on a new embedded database
 * @param shutdownDelay the time for which a stopping API still answers, while it is no longer ready
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

    /** Returns {@code dataDir} with the user's home folder for the tilde. Returns the default folder if it is empty. */
    public Path folder() {
        return path(dataDir.isBlank() ? HOME + DATA : dataDir);
    }

    /** Returns {@code datasetsDir} with the user's home folder for the tilde. Returns the default if it is empty. */
    public Path datasets() {
        return datasetsDir.isBlank() ? folder().resolve("datasets") : path(datasetsDir);
    }

    private static Path path(String name) {
        Path home = Path.of(System.getProperty("user.home"));
        Path folder = name.startsWith(HOME) ? home.resolve(name.substring(HOME.length())) : Path.of(name);
        return folder.toAbsolutePath().normalize();
    }
}
