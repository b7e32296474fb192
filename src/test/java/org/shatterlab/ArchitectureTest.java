package org.shatterlab;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the code to the table of rooms in {@code src/docs/architecture.md}: which package may use which. */
class ArchitectureTest {

    private static final String ROOT = "org.shatterlab";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** The rooms and the other rooms that each may use. Every package of ours is a room of this table. */
    private static final Map<String, List<String>> ROOMS = rooms();

    private static Map<String, List<String>> rooms() {
        List<String> layers = List.of("lab.engine", "lab.random", "lab.network", "lab.input");
        List<String> passes = with(layers, "lab.statistic", "lab.gradient", "lab.theory");
        List<String> lab = with(passes, "lab");
        List<String> platform = List.of("platform", "platform.database", "platform.security");
        List<String> spec = with(lab, "platform", "experiment.spec");
        List<String> cell = with(spec, "experiment.cell");
        List<String> store = with(cell, "experiment.store");
        List<String> queue = with(store, "experiment.queue");
        List<String> experiment = with(queue, "experiment");
        List<String> result = with(experiment, "result");
        List<String> inference = with(result, "result.inference");
        List<String> figure = with(result, "result.plot", "result.figure");
        Map<String, List<String>> rooms = new TreeMap<>();
        rooms.put("", List.of("platform"));
        rooms.put("lab.engine", List.of());
        layers.forEach(room -> rooms.putIfAbsent(room, layers));
        passes.forEach(room -> rooms.putIfAbsent(room, passes));
        rooms.put("lab", passes);
        platform.forEach(room -> rooms.put(room, platform));
        rooms.put("experiment.spec", spec);
        rooms.put("experiment.cell", cell);
        rooms.put("experiment.store", store);
        rooms.put("experiment.queue", queue);
        rooms.put("experiment", experiment);
        rooms.put("experiment.web", with(experiment, "platform.database"));
        rooms.put("result", result);
        rooms.put("result.inference", inference);
        rooms.put("result.plot", List.of());
        rooms.put("result.figure", figure);
        rooms.put("result.web", with(figure, "result.inference"));
        rooms.put("worker", result);
        return rooms;
    }

    private static List<String> with(List<String> rooms, String... more) {
        return Stream.concat(rooms.stream(), Stream.of(more)).toList();
    }

    private static String packageOf(String room) {
        return room.isEmpty() ? ROOT : ROOT + "." + room;
    }

    static Stream<String> roomNames() {
        return ROOMS.keySet().stream();
    }

    @Test
    void everyPackageIsARoom() {
        TreeSet<String> packages = new TreeSet<>();
        CLASSES.stream().map(JavaClass::getPackageName).forEach(packages::add);
        assertThat(packages)
                .isEqualTo(new TreeSet<>(
                        ROOMS.keySet().stream().map(ArchitectureTest::packageOf).toList()));
    }

    @ParameterizedTest
    @MethodSource("roomNames")
    void roomUsesOnlyItsTable(String room) {
        String[] allowed = Stream.concat(Stream.of(room), ROOMS.get(room).stream())
                .map(ArchitectureTest::packageOf)
                .toArray(String[]::new);
        classes()
                .that(resideInAPackage(packageOf(room)))
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..").or(resideInAnyPackage(allowed)))
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        return SliceIdentifier.of(type.getPackageName());
                    }

                    @Override
                    public String getDescription() {
                        return "packages";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void labIsFreeOfSpringAndSql() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".lab..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..", "jakarta..", "java.sql..", "javax.sql..", "tools.jackson..")
                .check(CLASSES);
    }

    @Test
    void onlyTheLabUsesTheEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".lab..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl..")
                .check(CLASSES);
    }
}
