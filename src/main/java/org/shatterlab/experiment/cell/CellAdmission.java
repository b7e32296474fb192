package org.shatterlab.experiment.cell;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.ExperimentSpec.NetworkEntry;
import org.shatterlab.experiment.spec.Limits;
import org.shatterlab.experiment.spec.SubmittedSpec;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.engine.DeviceClass;
import org.shatterlab.lab.engine.DrawSource;
import org.shatterlab.platform.InvalidRequestException;

/**
 * Decides whether the workers can measure a submitted experiment, and on which class of devices.
 *
 * <p>Admission limits the number of cells, the bytes that all cells take in the database, the memory of a cell and the
 * computation of a cell. Only the first cell of each network is examined for memory and computation, because no other
 * cell has more statistics or more runs. Safe for use by several threads.
 */
public final class CellAdmission {

    private static final double MEBIBYTE = 1 << 20;
    private static final double GIBIBYTE = 1 << 30;

    private final Limits limits;
    private final DeviceMemory memory;

    public CellAdmission(Limits limits, DeviceMemory memory) {
        this.limits = limits;
        this.memory = memory;
    }

    /**
     * Admits a specification.
     *
     * @return the specification, with the class of devices that will compute the experiment
     * @throws InvalidRequestException with every violation of reading and of admission
     */
    public ExperimentSpec admit(SubmittedSpec submitted) {
        Map<DeviceClass, Long> available = memory.most();
        requireCells(submitted);
        requireWorkers(submitted, available.containsKey(DeviceClass.CPU), available.containsKey(DeviceClass.GPU));
        ExperimentSpec spec = submitted.spec();
        if (submitted.isMeasurable()) {
            spec = submitted.choosesDevice() ? spec : spec.withDevice(bestDevice(spec, available));
            requireCapacity(submitted, spec, available);
            requireStorage(submitted);
        }
        if (submitted.isMeasurable() || submitted.choosesDevice()) {
            requireHostDraws(submitted, spec);
        }
        submitted.requireValid();
        return spec;
    }

    private void requireCells(SubmittedSpec submitted) {
        if (!submitted.isCountable()) {
            return;
        }
        ExperimentSpec spec = submitted.spec();
        long cells = CellPlanner.count(spec);
        if (cells > limits.cells()) {
            submitted.reject(
                    "runs",
                    String.format(
                            Locale.ROOT,
                            "%d networks of %d runs are %d cells; %d is the limit on cells",
                            spec.networks().size(),
                            spec.runs().max(),
                            cells,
                            limits.cells()));
        }
    }

    private void requireStorage(SubmittedSpec submitted) {
        if (!submitted.isCountable()) {
            return;
        }
        ExperimentSpec spec = submitted.spec();
        long bytes = CellStorage.bytes(spec, spec.runs().max());
        if (bytes > limits.experimentBytes().toBytes()) {
            submitted.reject(
                    "statistics",
                    String.format(
                            Locale.ROOT,
                            "take about %.1f GB of the database for %d cells; %.1f GB is the limit on experiment-bytes; use fewer runs, depths, points or statistics of matrices",
                            bytes / GIBIBYTE,
                            CellPlanner.count(spec),
                            limits.experimentBytes().toBytes() / GIBIBYTE));
        }
    }

    private static void requireWorkers(SubmittedSpec submitted, boolean hasCpu, boolean hasGpu) {
        if (!submitted.choosesDevice()) {
            return;
        }
        switch (submitted.spec().device()) {
            case GPU -> {
                if (!hasGpu) {
                    submitted.reject(
                            "device",
                            "needs a worker with a GPU, but no such worker sent a heartbeat in the last minute; start one, or use \"auto\" or \"cpu\"");
                }
            }
            case CPU -> {
                // Without any known worker, the experiment is accepted and waits for a worker on a CPU.
                if (hasGpu && !hasCpu) {
                    submitted.reject(
                            "device",
                            "needs a worker without a GPU, but no such worker sent a heartbeat in the last minute; start one, or use \"auto\" or \"gpu\"");
                }
            }
        }
    }

    /**
     * Rejects draws on the device if the device is a CPU. They would be no faster, and all threads would share the only
     * generator of the engine.
     */
    private static void requireHostDraws(SubmittedSpec submitted, ExperimentSpec spec) {
        if (spec.draws() == DrawSource.DEVICE && spec.device() == DeviceClass.CPU) {
            submitted.reject(
                    "draws",
                    "must be \"host\" where a CPU computes the experiment; \"device\" is allowed only where a GPU computes the experiment");
        }
    }

    /** Returns the GPU if one is present, unless only the CPU has enough memory and the host draws the weights. */
    private static DeviceClass bestDevice(ExperimentSpec spec, Map<DeviceClass, Long> available) {
        boolean needsGpu = spec.draws() == DrawSource.DEVICE || !fits(spec, available.get(DeviceClass.CPU));
        return available.containsKey(DeviceClass.GPU) && (fits(spec, available.get(DeviceClass.GPU)) || needsGpu)
                ? DeviceClass.GPU
                : DeviceClass.CPU;
    }

    private static boolean fits(ExperimentSpec spec, @Nullable Long bytes) {
        return bytes != null
                && spec.networks().stream()
                        .flatMap(network -> firstCell(spec, network).stream())
                        .allMatch(cell -> CellCost.of(cell).memoryBytes() <= bytes);
    }

    private static Optional<CellSpec> firstCell(ExperimentSpec spec, NetworkEntry network) {
        return CellPlanner.cell(spec, network, 0, spec.runs().max());
    }

    private void requireCapacity(SubmittedSpec submitted, ExperimentSpec spec, Map<DeviceClass, Long> available) {
        Long bytes = available.get(spec.device());
        for (int i = 0; i < spec.networks().size(); i++) {
            Optional<CellSpec> cell = firstCell(spec, spec.networks().get(i));
            if (cell.isPresent()) {
                requireCapacity(submitted, i, cell.get(), spec.device(), bytes);
            }
        }
    }

    private void requireCapacity(
            SubmittedSpec submitted, int network, CellSpec cell, DeviceClass device, @Nullable Long bytes) {
        CellCost cost = CellCost.of(cell);
        if (bytes != null && cost.memoryBytes() > bytes) {
            submitted.rejectNetwork(
                    network,
                    String.format(
                            Locale.ROOT,
                            "takes about %.0f MiB of memory for a cell, but the largest worker on a %s has %.0f MiB; use fewer points, a smaller width or fewer depths",
                            Math.ceil(cost.memoryBytes() / MEBIBYTE),
                            device.name(),
                            Math.floor(bytes / MEBIBYTE)));
        }
        if (cost.operations() > limits.cellOperations()) {
            submitted.rejectNetwork(
                    network,
                    String.format(
                            Locale.ROOT,
                            "takes about %.2g floating-point operations for a cell of %d runs; %.2g is the limit on cell-operations; use fewer points, a smaller width or fewer depths",
                            cost.operations(),
                            cell.runs(),
                            (double) limits.cellOperations()));
        }
    }
}
