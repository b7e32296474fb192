package org.shatterlab.platform.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Tests the names and the units of the settings that a start accepts. */
@ExtendWith(OutputCaptureExtension.class)
class SettingsCheckTest {

    private static final String SECRET = "0123456789abcdef";

    private static void check(PropertySource<?>... sources) {
        StandardEnvironment environment = new StandardEnvironment();
        for (PropertySource<?> source : sources) {
            environment.getPropertySources().addFirst(source);
        }
        try (GenericApplicationContext context = new GenericApplicationContext()) {
            context.setEnvironment(environment);
            new SettingsCheck().initialize(context);
        }
    }

    private static PropertySource<?> variable(String name, String value) {
        return new SystemEnvironmentPropertySource("test environment", Map.of(name, value));
    }

    private static PropertySource<?> property(String name, Object value) {
        return new MapPropertySource("test file", Map.of(name, value));
    }

    @ParameterizedTest
    @CsvSource({
        "SHATTERLAB_SECURITY_TOKENS_CI_BOT_SHA256, SHATTERLAB_SECURITY_TOKENS_CIBOT_SHA256",
        "SHATTERLAB_SECURITY_TOKENS_CI_SHA265, SHATTERLAB_SECURITY_TOKENS_CI_SHA256",
        "SHATTERLAB_RETENSION, SHATTERLAB_RETENTION",
        "SHATTERLAB_WORKERS_THREADS, SHATTERLAB_WORKER_THREADS",
        "shatterlab_retension, SHATTERLAB_RETENTION",
        "SHATTERLAB_ROLES_X, SHATTERLAB_ROLES",
        "SHATTERLAB_DATA-DIRS, SHATTERLAB_DATA_DIR",
    })
    void rejectsUnknownVariable(String name, String nearest) {
        assertThatThrownBy(() -> check(variable(name, SECRET)))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContainingAll(name, "is no setting", "Did you mean " + nearest + "?", "(test environment)")
                .message()
                .doesNotContain(SECRET);
    }

    @ParameterizedTest
    @CsvSource({
        "shatterlab.retension, shatterlab.retention",
        "shatterlab.worker.thread, shatterlab.worker.threads",
        "shatterlab.security.tokens.ci.bot.sha256, shatterlab.security.tokens.cibot.sha256",
        "shatterlab.welcome.demo,",
        "shatterlab.tokens,",
    })
    void rejectsUnknownProperty(String name, String nearest) {
        assertThatThrownBy(() -> check(property(name, SECRET)))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContainingAll(name, "(test file)", "is no setting")
                .hasMessageContaining(nearest == null ? "The documentation lists" : "Did you mean " + nearest + "?")
                .message()
                .doesNotContain(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SHATTERLAB_DATA_DIR",
                "SHATTERLAB_DATADIR",
                "SHATTERLAB_LIMITS_OPEN_CELLS_PER_TOKEN",
                "SHATTERLAB_COST_GIGAFLOPSPERCORE",
                "SHATTERLAB_ROLES",
                "SHATTERLAB_ROLES_0",
                "SHATTERLAB_SECURITY_ALLOWED_ORIGINS_1",
                "SHATTERLAB_SECURITY_TOKENS_CI_SHA256",
                "SHATTERLAB_SECURITY_TOKENS_CI_SCOPES",
                "SHATTERLAB_SECURITY_TOKENS_CI_SCOPES_0",
                "SHATTERLAB_SECURITY_TOKENS_CI_EXPIRES",
                "SHATTERLAB_WORKER_THREADS",
                "SHATTERLAB_SERVICE_HOST",
                "SHATTERLAB_API_SERVICE_PORT_HTTP",
                "SHATTERLAB_API_PORT_8080_TCP_ADDR",
                "SHATTERLABORATORY",
                "HOME"
            })
    void acceptsKnownAndForeignVariables(String name) {
        assertThatCode(() -> check(variable(name, "x"))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shatterlab.data-dir",
                "shatterlab.dataDir",
                "shatterlab.roles[0]",
                "shatterlab.security.tokens.ci-bot.sha256",
                "shatterlab.security.tokens[ci-bot].scopes[1]",
                "shatterlab.worker.memory",
                "server.port",
                "shatterlaboratory.x"
            })
    void acceptsKnownAndForeignProperties(String name) {
        assertThatCode(() -> check(property(name, "x"))).doesNotThrowAnyException();
    }

    @Test
    void acceptsVariablesOfCompose() throws IOException {
        List<String> variables = Pattern.compile("\\$\\{(SHATTERLAB_\\w+)")
                .matcher(Files.readString(Path.of("docker-compose.yml")))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
        assertThat(variables)
                .isNotEmpty()
                .allSatisfy(
                        name -> assertThatCode(() -> check(variable(name, "x"))).doesNotThrowAnyException());
    }

    @ParameterizedTest
    @CsvSource({
        "shatterlab.retention, 30",
        "shatterlab.retention, -30",
        "shatterlab.retention, ' 030 '",
        "shatterlab.worker.grace, 20",
        "shatterlab.shutdown-delay, ${delay:5}",
        "shatterlab.limits.body-time, 30",
        "shatterlab.worker.memory, 3000000",
    })
    void rejectsNumberWithoutUnit(String name, String value) {
        String variable = name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
        for (PropertySource<?> source : List.of(property(name, value), variable(variable, value))) {
            assertThatThrownBy(() -> check(source))
                    .isInstanceOf(InvalidSettingsException.class)
                    .hasMessageContainingAll(name, "without a unit", "Add a unit");
        }
    }

    @Test
    void rejectsNumberOfFileWithoutUnit() {
        assertThatThrownBy(() -> check(property("shatterlab.retention", 30)))
                .isInstanceOf(InvalidSettingsException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"30d", "PT30S", "1h30m", "0", "00", "", "20s"})
    void acceptsTimesWithUnitAndZero(String value) {
        assertThatCode(() -> check(property("shatterlab.retention", value))).doesNotThrowAnyException();
    }

    @Test
    void checksValueInForceOnly() {
        assertThatCode(() -> check(property("shatterlab.retention", "30"), variable("SHATTERLAB_RETENTION", "30d")))
                .doesNotThrowAnyException();
    }

    @Test
    void reportsAllMistakesOnOnePage(CapturedOutput output) {
        assertThatThrownBy(() -> new SpringApplicationBuilder(Empty.class)
                        .web(WebApplicationType.NONE)
                        .run("--shatterlab.retention=30", "--shatterlab.security.token=" + SECRET)
                        .close())
                .isInstanceOf(InvalidSettingsException.class);
        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "shatterlab.retention (\"shatterlab.retention\" from property source \"commandLineArgs\")",
                        "shatterlab.security.token ")
                .doesNotContain(SECRET, "\tat org.shatterlab");
    }

    @Configuration(proxyBeanMethods = false)
    static class Empty {}
}
