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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the code to the table of rooms in {@code src/docs/architecture.md}: the packages and their imports. */
class ArchitectureTest {

    private static final String ROOT = "org.shatterlab";
    private static final Pattern TABLE_ROW = Pattern.compile("^\\| (`.+`) \\| .* \\| (.+) \\|$");
    private static final Pattern ROOM = Pattern.compile("`([a-z.]+)`");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** The packages of the table, each with the other packages that its classes may use. */
    private static final Map<String, Set<String>> ROOMS = rooms();

    private static Map<String, Set<String>> rooms() {
        Map<String, Set<String>> named = new TreeMap<>();
        for (String line : section("## Rooms")) {
            Matcher row = TABLE_ROW.matcher(line);
            if (row.matches()) {
                List<String> rooms = packages(row.group(1));
                rooms.forEach(room -> {
                    Set<String> imports = new TreeSet<>(packages(row.group(2)));
                    imports.addAll(rooms);
                    named.put(room, imports);
                });
            }
        }
        Map<String, Set<String>> all = new TreeMap<>();
        named.keySet().forEach(room -> addAll(named, room, all.computeIfAbsent(room, _ -> new TreeSet<>())));
        return all;
    }

    private static List<String> section(String heading) {
        try (Stream<String> lines = Files.lines(Path.of("src/docs/architecture.md"))) {
            return lines.dropWhile(line -> !line.equals(heading))
                    .skip(1)
                    .takeWhile(line -> !line.startsWith("## "))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> packages(String cell) {
        return ROOM.matcher(cell)
                .results()
                .map(room -> room.group(1).equals(ROOT) ? ROOT : ROOT + "." + room.group(1))
                .toList();
    }

    /** Adds a room and all rooms that it reaches. */
    private static void addAll(Map<String, Set<String>> named, String room, Set<String> reached) {
        if (reached.add(room)) {
            Set<String> imports = named.get(room);
            assertThat(imports).as("row of room " + room).isNotNull();
            imports.forEach(imported -> addAll(named, imported, reached));
        }
    }

    static Set<String> roomNames() {
        return ROOMS.keySet();
    }

    @Test
    void everyPackageIsARoom() {
        Set<String> packages = CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
        assertThat(packages).isEqualTo(ROOMS.keySet());
    }

    @ParameterizedTest
    @MethodSource("roomNames")
    void roomUsesOnlyItsTable(String room) {
        String[] allowed = Objects.requireNonNull(ROOMS.get(room)).toArray(String[]::new);
        classes()
                .that(resideInAPackage(room))
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
    void labUsesNeitherSpringNorSql() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".lab..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..", "jakarta..", "java.sql..", "javax.sql..", "tools.jackson..")
                .check(CLASSES);
    }

    /** Virtual threads of Java 25 can block each other forever, when many of them are the first to use a class. */
    @Test
    void threadsAreNotVirtual() {
        noClasses()
                .should()
                .callMethod(Thread.class, "ofVirtual")
                .orShould()
                .callMethod(Thread.class, "startVirtualThread", Runnable.class)
                .orShould()
                .callMethod(Executors.class, "newVirtualThreadPerTaskExecutor")
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
