package org.shatterlab.service.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.shatterlab.JavaProcess;
import org.shatterlab.ShatterlabApplication;

/** Tests the report on a data folder whose name is not ASCII, in a process whose locale is C. */
@EnabledOnOs(OS.LINUX)
class DataFolderNameIT {

    @Test
    void reportsNameOutsideLocale(@TempDir Path parent) throws IOException {
        Path settings = parent.resolve("settings.properties");
        Files.writeString(settings, "shatterlab.data-dir=/tmp/d\\u00e4ta\n");
        Path log = parent.resolve("log");
        try (JavaProcess process = JavaProcess.start(
                log,
                JavaProcess.SHORT_LIVED,
                Map.of("LC_ALL", "C"),
                ShatterlabApplication.class,
                List.of("--server.port=0", "--spring.config.import=file:" + settings))) {
            int status =
                    process.exit().completeOnTimeout(-1, 3, TimeUnit.MINUTES).join();
            assertThat(status).as(process.output()).isEqualTo(1);
            assertThat(process.output())
                    .contains("APPLICATION FAILED TO START", "/tmp/d", "Set LC_ALL=C.UTF-8")
                    .doesNotContain("\tat ");
        }
    }
}
