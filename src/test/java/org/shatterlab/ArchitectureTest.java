package org.shatterlab;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rooms of the house and the doors between them. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.shatterlab");

    @Test
    void dataFlowsOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("org.shatterlab..")
                .layer("lab")
                .definedBy("org.shatterlab.lab..")
                .layer("platform")
                .definedBy("org.shatterlab.platform..")
                .layer("experiment")
                .definedBy("org.shatterlab.experiment..")
                .layer("result")
                .definedBy("org.shatterlab.result..")
                .layer("worker")
                .definedBy("org.shatterlab.worker..")
                .whereLayer("lab")
                .mayNotAccessAnyLayer()
                .whereLayer("platform")
                .mayNotAccessAnyLayer()
                .whereLayer("experiment")
                .mayOnlyAccessLayers("lab", "platform")
                .whereLayer("result")
                .mayOnlyAccessLayers("lab", "experiment", "platform")
                .whereLayer("worker")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void theLabIsFreeOfSpringAndSql() {
        noClasses()
                .that()
                .resideInAPackage("org.shatterlab.lab..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..", "jakarta..", "java.sql..", "javax.sql..", "tools.jackson..")
                .check(CLASSES);
    }

    @Test
    void onlyTheLabKnowsTheEngine() {
        classes()
                .that()
                .resideOutsideOfPackage("org.shatterlab.lab..")
                .should()
                .onlyDependOnClassesThat()
                .resideOutsideOfPackage("ai.djl..")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("org.shatterlab.(*)..").should().beFreeOfCycles().check(CLASSES);
        slices().matching("org.shatterlab.lab.(*)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void webRoomsAreNobodysDependency() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.shatterlab..web")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.shatterlab..web")
                .check(CLASSES);
    }
}
