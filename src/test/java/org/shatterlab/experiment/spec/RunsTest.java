package org.shatterlab.experiment.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shatterlab.experiment.spec.SpecBodies.assertOneViolation;
import static org.shatterlab.experiment.spec.SpecBodies.body;
import static org.shatterlab.experiment.spec.SpecBodies.read;
import static org.shatterlab.experiment.spec.SpecBodies.violations;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shatterlab.experiment.cell.CellPlanner;
import org.shatterlab.experiment.cell.PlannedCell;
import org.shatterlab.experiment.spec.Runs.Adaptive;
import org.shatterlab.experiment.spec.Runs.Target;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.platform.Violation;

/** Tests the number of runs, which is either fixed or adaptive. */
class RunsTest {

    private static final String VARIANCE = "'of': 'gradient-variance', 'relativeError': 0.1";

    private static Adaptive adaptive(int min, int max) {
        return new Adaptive(min, max, 0.1, null, Statistic.GRADIENT_VARIANCE);
    }

    @Test
    void readsTargetsAndDefaults() {
        assertThat(read(body("'runs': {'relativeError': 0.02, 'absoluteError': 2e-3, 'of': 'autocorrelation'}"))
                        .runs())
                .isEqualTo(new Adaptive(20, 5000, 0.02, 0.002, Statistic.AUTOCORRELATION));
        assertThat(read(body("'runs': {'min': 5, 'max': 7, 'absoluteError': 3, 'of': 'gradient-variance'}"))
                        .runs())
                .isEqualTo(new Adaptive(5, 7, null, 3.0, Statistic.GRADIENT_VARIANCE));
        assertThat(read("{'preset': 'figure-2', 'runs': {%s}}".formatted(VARIANCE))
                        .runs())
                .isInstanceOf(Adaptive.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'of': 'gradient-variance'           | /runs/relativeError | is required unless \"absoluteError\" is given",
                "'relativeError': 0.1                | /runs/of            | is required: \"gradient-variance\"",
                "'relativeError': 0.1, 'of': 'gradient' | /runs/of         | must be one of \"gradient-variance\"",
                "%s, 'min': 4                        | /runs/min           | integer from 5 to 100000; 100000 is the limit on runs",
                "%s, 'min': 12                       | /runs/min           | a multiple of 5, the runs of a cell",
                "%s, 'max': 100001                   | /runs/max           | 100000 is the limit on runs",
                "%s, 'max': 15                       | /runs/max           | must be at least \"min\", which is 20",
                "%s, 'min': 6000                     | /runs/max           | the default of \"max\" is 5000",
                "%s, 'mim': 20                       | /runs/mim           | did you mean \"min\"?",
                "'of': 'gradient-variance', 'relativeError': 0   | /runs/relativeError | greater than 0 and at most 1",
                "'of': 'gradient-variance', 'relativeError': 1.1 | /runs/relativeError | greater than 0 and at most 1",
                "'of': 'gradient-variance', 'absoluteError': -1  | /runs/absoluteError | greater than 0",
                "'of': 'gradient-variance', 'absoluteError': null | /runs/absoluteError | greater than 0",
            })
    void rejectsInvalidTargets(String targets, String pointer, String message) {
        assertOneViolation(body("'runs': {" + targets.replace("%s", VARIANCE) + "}"), pointer, message);
    }

    @Test
    void rejectsRunsOfOtherTypes() {
        for (String other : List.of("'adaptive'", "[20]", "null", "true")) {
            assertOneViolation(
                    body("'runs': " + other), "/runs", "the limit on runs; or an object with fields out of \"min\"");
        }
    }

    @Test
    void requiresMeasuredStatistic() {
        String runs = "'runs': {%s}".formatted(VARIANCE);
        assertOneViolation(
                body("'statistics': ['gradient-correlation'], " + runs), "/runs/of", "that the experiment measures");
        assertThat(violations(body("'statistics': ['nothing'], " + runs)))
                .extracting(Violation::pointer)
                .containsExactly("/statistics/0");
    }

    @Test
    void reportsAllViolationsAndMaximumCells() {
        assertThat(violations(body("'runs': {'min': 'x', 'max': 0, 'relativeError': 'y', 'of': 'z', 'a': 1}")))
                .extracting(Violation::pointer)
                .containsExactlyInAnyOrder("/runs/min", "/runs/max", "/runs/relativeError", "/runs/of", "/runs/a");
        assertOneViolation(
                "{'networks': [{'family': 'white-noise'}, {'family': 'brown-noise'}], 'runs': {%s, 'max': 50001}}"
                        .formatted(VARIANCE),
                "/runs",
                "2 networks of 50001 runs are 20002 cells; 20000 is the limit on cells");
    }

    @Test
    void roundsDoubleUpToMaximum() {
        Adaptive runs = adaptive(20, 130);
        assertThat(IntStream.rangeClosed(1, 6).map(runs::runsAfterRound)).containsExactly(20, 40, 80, 130, 130, 130);
        assertThat(adaptive(5, Integer.MAX_VALUE).runsAfterRound(40)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void prefersRelativeTarget() {
        Adaptive both = new Adaptive(5, 10, 0.1, 0.5, Statistic.GRADIENT_VARIANCE);
        assertThat(both.reachedTarget(-4, 0.4)).contains(Target.RELATIVE_ERROR);
        assertThat(both.reachedTarget(-4, 0.45)).contains(Target.ABSOLUTE_ERROR);
        assertThat(both.reachedTarget(0, 0.51)).isEmpty();
        assertThat(adaptive(5, 10).reachedTarget(0, 1e-9)).isEmpty();
        assertThat(new Adaptive(5, 10, null, 0.5, Statistic.GRADIENT_VARIANCE).reachedTarget(4, 0.3))
                .contains(Target.ABSOLUTE_ERROR);
    }

    @Test
    void roundsPlanCellsOfFixedRuns() {
        String spec = "'statistics': ['gradient-variance', 'gradient'], 'runs': %s";
        ExperimentSpec rounds =
                read(body(String.format(Locale.ROOT, spec, "{%s, 'min': 10, 'max': 33}".formatted(VARIANCE))));
        Adaptive runs = (Adaptive) rounds.runs();
        List<PlannedCell> cells = new ArrayList<>(CellPlanner.plan(rounds));
        assertThat(cells).hasSize(2);
        for (int round = 1; runs.runsAfterRound(round) < runs.max(); round++) {
            cells.addAll(
                    CellPlanner.plan(rounds, List.of(0), runs.runsAfterRound(round), runs.runsAfterRound(round + 1)));
        }
        assertThat(cells)
                .isEqualTo(CellPlanner.plan(read(body(String.format(Locale.ROOT, spec, "33")))))
                .isEqualTo(CellPlanner.planMax(rounds));
    }
}
