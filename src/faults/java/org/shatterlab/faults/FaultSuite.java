package org.shatterlab.faults;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.shatterlab.platform.database.StoppablePostgres;
import org.shatterlab.service.support.ServiceNode;
import org.springframework.util.FileSystemUtils;

/**
 * A JUnit extension that gives each test its {@link FaultScenario}. A test fails if one of its checks fails. The
 * extension publishes the {@link FaultTable} after the last test.
 */
final class FaultSuite implements ParameterResolver, AfterTestExecutionCallback {

    /** True for the short form of the suite, which has fewer kills, shorter outages and less load. */
    static final boolean SHORT = Boolean.getBoolean("faults.short");

    /** The seed of every random choice. */
    static final long SEED = Long.getLong("faults.seed", 1702);

    private static final Namespace NAMESPACE = Namespace.create(FaultSuite.class);
    private static final Path FOLDER = Path.of("target", "faults").toAbsolutePath();

    /** The PostgreSQL server, the table and the expected results, which all scenarios share. */
    static final class SharedResources implements AutoCloseable {

        final FaultTable table = new FaultTable();
        final StoppablePostgres postgres;
        final Map<FaultWorkload, FaultWorkload.ResultSnapshot> undisturbed = new ConcurrentHashMap<>();
        private final AtomicInteger databases = new AtomicInteger();

        private SharedResources() throws IOException {
            FileSystemUtils.deleteRecursively(FOLDER);
            Files.createDirectories(FOLDER);
            postgres = StoppablePostgres.start(FOLDER.resolve("postgres"), ServiceNode.freePort());
        }

        static SharedResources start() {
            try {
                return new SharedResources();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        SharedDatabase database() {
            return new SharedDatabase(
                    postgres.create("scenario_" + databases.incrementAndGet()),
                    StoppablePostgres.USER,
                    postgres.password());
        }

        @Override
        public void close() {
            postgres.close();
            table.publish(
                    String.format(
                            Locale.ROOT,
                            "The fault suite%s, seed %d, %d cores, load average %.1f at its end",
                            SHORT ? " (short form)" : "",
                            SEED,
                            Runtime.getRuntime().availableProcessors(),
                            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()),
                    FOLDER.resolveSibling("faults.md"));
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == FaultScenario.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return scenario(context);
    }

    /**
     * Returns the scenario of a test. JUnit closes the scenario with the context, because the store of the context
     * holds it.
     */
    private static FaultScenario scenario(ExtensionContext context) {
        SharedResources shared = context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(SharedResources.class, _ -> SharedResources.start(), SharedResources.class);
        return context.getStore(NAMESPACE)
                .computeIfAbsent(
                        FaultScenario.class,
                        _ -> new FaultScenario(
                                context.getDisplayName(),
                                FOLDER.resolve(context.getRequiredTestClass().getSimpleName() + "-"
                                        + context.getRequiredTestMethod().getName()),
                                shared),
                        FaultScenario.class);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        FaultScenario scenario = scenario(context);
        context.getExecutionException().ifPresentOrElse(scenario::reportFailure, scenario::requireAll);
    }
}
