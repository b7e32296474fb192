package org.shatterlab.experiment;

import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.DeviceClass;

/** Refuses networks of which a cell takes more memory than any worker of its class has, or more computation than is allowed. */
final class CellAdmission {

    private static final double MEBIBYTE = 1 << 20;

    private final Limits limits;
    private final DeviceMemory memory;
    private final Violations violations;

    CellAdmission(Limits limits, DeviceMemory memory, Violations violations) {
        this.limits = limits;
        this.memory = memory;
        this.violations = violations;
    }

    /** Looks at the first cell of each network: no other has more statistics or more runs. */
    void check(Fields fields, ExperimentSpec spec) {
        Long most = memory.most().get(spec.device());
        for (int i = 0; i < spec.networks().size(); i++) {
            String pointer = fields.at("networks") + "/" + i;
            CellPlanner.cell(spec, spec.networks().get(i), 0, spec.runs().most())
                    .ifPresent(cell -> check(pointer, cell, spec.device(), most));
        }
    }

    private void check(String pointer, CellSpec cell, DeviceClass device, @Nullable Long most) {
        CellCost cost = CellCost.of(cell);
        if (most != null && cost.memoryBytes() > most) {
            violations.add(
                    pointer,
                    null,
                    "takes about %.0f MiB of memory for a cell; %.0f MiB is what the largest worker on a %s has. Fewer points, a smaller width or fewer depths take less"
                            .formatted(
                                    Math.ceil(cost.memoryBytes() / MEBIBYTE),
                                    Math.floor(most / MEBIBYTE),
                                    device.name()));
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
