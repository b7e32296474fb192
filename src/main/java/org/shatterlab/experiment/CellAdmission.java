package org.shatterlab.experiment;

import java.util.OptionalLong;
import java.util.Set;
import org.shatterlab.experiment.ExperimentSpec.NetworkEntry;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.statistic.Statistic;

/** Refuses networks of which a cell takes more memory than any worker has, or more computation than is allowed. */
final class CellAdmission {

    private static final double MEBIBYTE = 1 << 20;

    private final Limits limits;
    private final CellMemory memory;
    private final Violations violations;

    CellAdmission(Limits limits, CellMemory memory, Violations violations) {
        this.limits = limits;
        this.memory = memory;
        this.violations = violations;
    }

    /** Looks at the first cell of each network: no other has more statistics or more runs. */
    void check(Fields fields, ExperimentSpec spec) {
        OptionalLong most = memory.most();
        for (int i = 0; i < spec.networks().size(); i++) {
            NetworkEntry entry = spec.networks().get(i);
            Set<Statistic> statistics = CellPlanner.statistics(spec, entry.network(), true);
            if (!statistics.isEmpty()) {
                int runs = Math.min(CellPlanner.CHUNK, spec.runs().most());
                check(
                        fields.at("networks") + "/" + i,
                        new CellSpec(
                                entry.network(),
                                spec.inputs(),
                                spec.effectiveDepths(entry),
                                statistics,
                                spec.precision(),
                                spec.seed(),
                                0,
                                runs),
                        most);
            }
        }
    }

    private void check(String pointer, CellSpec cell, OptionalLong most) {
        CellCost cost = CellCost.of(cell);
        if (most.isPresent() && cost.memoryBytes() > most.getAsLong()) {
            violations.add(
                    pointer,
                    null,
                    "takes about %.0f MiB of memory for a cell; %.0f MiB is what the largest worker has. Fewer points, a smaller width or fewer depths take less"
                            .formatted(
                                    Math.ceil(cost.memoryBytes() / MEBIBYTE), Math.floor(most.getAsLong() / MEBIBYTE)));
        }
        if (cost.operations() > limits.cellOperations()) {
            violations.add(
                    pointer,
                    null,
                    "takes about %.2g floating-point operations for a cell of %d runs; %.2g is the limit on cell-operations. Fewer points, a smaller width or fewer depths take less"
                            .formatted(cost.operations(), cell.runs(), (double) limits.cellOperations()));
        }
    }
}
