package org.shatterlab.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ServicePropertiesTest {

    private static ServiceProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("shatterlab", ServiceProperties.class);
    }

    private static Path folder(String dataDir) {
        return bind(Map.of("shatterlab.data-dir", dataDir)).folder();
    }

    @Test
    void keepsDataInHomeFolderByDefault() {
        Path home = Path.of(System.getProperty("user.home"));
        assertThat(bind(Map.of()).folder()).isEqualTo(home.resolve(".shatterlab"));
        assertThat(folder("")).isEqualTo(home.resolve(".shatterlab"));
        assertThat(folder("~/lab")).isEqualTo(home.resolve("lab"));
        assertThat(folder("lab")).isEqualTo(Path.of("lab").toAbsolutePath());
    }

    @Test
    void findsDatasetsInDataFolderByDefault() {
        assertThat(bind(Map.of("shatterlab.data-dir", "lab")).datasets())
                .isEqualTo(Path.of("lab/datasets").toAbsolutePath());
        assertThat(bind(Map.of("shatterlab.datasets-dir", "sets")).datasets())
                .isEqualTo(Path.of("sets").toAbsolutePath());
    }

    @Test
    void hasBothRolesByDefault() {
        assertThat(bind(Map.of()).roles()).containsExactlyInAnyOrder(Role.values());
        assertThat(bind(Map.of("shatterlab.roles", "worker")).roles()).containsExactly(Role.WORKER);
    }
}
