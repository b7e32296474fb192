package org.shatterlab.faults;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Hands each test its {@link FaultScenario}, fails it where one of its lines fails, and prints the table when all are over. */
final class FaultSuite implements ParameterResolver, AfterTestExecutionCallback {

    /** Fewer kills, shorter outages and less load: the whole within minutes. */
    static final boolean SHORT = Boolean.getBoolean("faults.short");

    /** Of every random choice. */
    static final long SEED = Long.getLong("faults.seed", 1702);

    private static final Namespace NAMESPACE = Namespace.create(FaultSuite.class);
    private static final Path FOLDER = Path.of("target", "faults").toAbsolutePath();

    /** What all trials share. */
    static final class Shared implements AutoCloseable {

        final FaultTable table = new FaultTable();
        final StoppablePostgres postgres;
        final Map<FaultWorkload, FaultWorkload.Outcome> undisturbed = new ConcurrentHashMap<>();
        private final AtomicInteger databases = new AtomicInteger();

        private Shared() throws IOException {
            FileSystemUtils.deleteRecursively(FOLDER);
            Files.createDirectories(FOLDER);
            postgres = StoppablePostgres.start(FOLDER.resolve("postgres"), ServiceNode.freePort());
        }

        static Shared start() {
            try {
                return new Shared();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        SharedDatabase database() {
            return new SharedDatabase(
                    postgres.create("trial_" + databases.incrementAndGet()),
                    StoppablePostgres.USER,
                    postgres.password());
        }

        @Override
        public void close() {
            postgres.close();
            table.publish(
                    "The fault suite%s, seed %d, %d cores, load average %.1f at its end"
                            .formatted(
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
        return trial(context);
    }

    /** Closed, as all in a context's store, when the context ends. */
    private static FaultScenario trial(ExtensionContext context) {
        Shared shared =
                context.getRoot().getStore(NAMESPACE).computeIfAbsent(Shared.class, _ -> Shared.start(), Shared.class);
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
        FaultScenario trial = trial(context);
        context.getExecutionException().ifPresentOrElse(trial::broke, trial::requireAll);
    }
}
