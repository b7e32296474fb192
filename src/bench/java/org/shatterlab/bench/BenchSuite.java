package org.shatterlab.bench;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Injects the {@link Report} into each benchmark and publishes the report after the last benchmark. */
public final class BenchSuite implements ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(BenchSuite.class);

    /** The owner of the report in the root store. JUnit closes the entries of this store after all tests. */
    private record SharedReport(Report report) implements AutoCloseable {

        @Override
        public void close() {
            report.publish(machine());
        }
    }

    private static Map<String, Object> machine() {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("processor", Machine.processor());
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        machine.put("java", Runtime.version().toString());
        machine.put("loadAverage", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        return machine;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Report.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(SharedReport.class, _ -> new SharedReport(new Report()), SharedReport.class)
                .report();
    }
}
