package org.shatterlab.experiment.cell;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.spec.JsonObjectReader;
import org.shatterlab.experiment.spec.Limits;
import org.shatterlab.experiment.spec.Violations;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.DrawSource;

/**
 * Refuses networks of which a cell takes more memory than any worker of its class has, or more computation than is allowed.
 * Looks at the first cell of each network: no other has more statistics or more runs.
 */
public final class CellAdmission {

    private static final double MEBIBYTE = 1 << 20;

    private final Limits limits;
    private final Map<DeviceClass, Long> memory;
    private final Violations violations;

    /**
     * For the workers that are there.
     *
     * @param memory {@link DeviceMemory#most}
     */
    public CellAdmission(Limits limits, Map<DeviceClass, Long> memory, Violations violations) {
        this.limits = limits;
        this.memory = memory;
        this.violations = violations;
    }

    /**
     * Notes what is refused.
     *
     * @param anywhere whether the class of devices is left to the service
     * @return the experiment, by the class of devices that is to compute it
     */
    public ExperimentSpec admit(JsonObjectReader fields, ExperimentSpec asked, boolean anywhere) {
        ExperimentSpec spec = anywhere ? asked.on(best(asked)) : asked;
        Long most = memory.get(spec.device());
        for (int i = 0; i < spec.networks().size(); i++) {
            String pointer = fields.at("networks") + "/" + i;
            first(spec, spec.networks().get(i)).ifPresent(cell -> check(pointer, cell, spec.device(), most));
        }
        return spec;
    }

    /** A GPU where there is one, unless only CPUs have the memory, and may draw the weights. */
    private DeviceClass best(ExperimentSpec spec) {
        boolean gpuAlone = spec.draws() == DrawSource.DEVICE || !fits(spec, DeviceClass.CPU);
        return memory.containsKey(DeviceClass.GPU) && (fits(spec, DeviceClass.GPU) || gpuAlone)
                ? DeviceClass.GPU
                : DeviceClass.CPU;
    }

    private boolean fits(ExperimentSpec spec, DeviceClass device) {
        Long most = memory.get(device);
        return most != null
                && spec.networks().stream()
                        .flatMap(network -> first(spec, network).stream())
                        .allMatch(cell -> CellCost.of(cell).memoryBytes() <= most);
    }

    private static Optional<CellSpec> first(ExperimentSpec spec, NetworkEntry network) {
        return CellPlanner.cell(spec, network, 0, spec.runs().most());
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
