package org.shatterlab.platform.database;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where this service keeps what must outlive it: {@code shatterlab.data-dir}, by default {@code .shatterlab} in the
 * home folder of the user.
 *
 * @param dataDir what this service keeps
 * @param datasetsDir where users put data sets: {@code datasets} in the former unless they say otherwise
 */
@ConfigurationProperties("shatterlab")
public record DataProperties(
        @DefaultValue("") String dataDir, @DefaultValue("") String datasetsDir) {

    public Path folder() {
        Path folder = dataDir.isBlank() ? Path.of(System.getProperty("user.home"), ".shatterlab") : Path.of(dataDir);
        return folder.toAbsolutePath().normalize();
    }

    public Path datasets() {
        return datasetsDir.isBlank()
                ? folder().resolve("datasets")
                : Path.of(datasetsDir).toAbsolutePath().normalize();
    }
}
