package org.shatterlab.experiment.spec;

import org.shatterlab.platform.InvalidRequestException;

/**
 * A specification as a user submitted it, with the violations that were found so far. Admission may add violations
 * before {@link #requireValid} rejects the specification with all of them.
 */
public final class SubmittedSpec {

    private final ExperimentSpec spec;
    private final boolean choosesDevice;
    private final boolean measurable;
    private final boolean countable;
    private final JsonObjectReader document;

    /**
     * Creates a submitted specification.
     *
     * @param choosesDevice whether the user named the class of devices
     * @param measurable whether networks, inputs, depths and statistics are valid, so that cells can be planned
     * @param countable whether every field is valid on its own, so that the cells of the experiment can be counted
     * @param document the merged document that the specification was read from
     */
    SubmittedSpec(
            ExperimentSpec spec,
            boolean choosesDevice,
            boolean measurable,
            boolean countable,
            JsonObjectReader document) {
        this.spec = spec;
        this.choosesDevice = choosesDevice;
        this.measurable = measurable;
        this.countable = countable;
        this.document = document;
    }

    /** Returns the specification with every default filled in. The specification is usable only without violations. */
    public ExperimentSpec spec() {
        return spec;
    }

    /** Returns whether the user named the class of devices. Otherwise admission chooses the class. */
    public boolean choosesDevice() {
        return choosesDevice;
    }

    /** Returns whether cells can be planned, although other fields may be wrong. */
    public boolean isMeasurable() {
        return measurable;
    }

    /** Returns whether every field is valid on its own, so that the cells can be counted. */
    public boolean isCountable() {
        return countable;
    }

    /** Records a violation in a field of the document. */
    public void reject(String field, String message) {
        document.reject(field, message);
    }

    /** Records a violation in a network. The violation has no value, because a network is an object. */
    public void rejectNetwork(int index, String message) {
        document.violations().add(document.at("networks") + "/" + index, null, message);
    }

    /**
     * Returns the specification as the user submitted it.
     *
     * @throws InvalidRequestException with all violations, if any was recorded
     */
    public ExperimentSpec requireValid() {
        document.violations().requireNone();
        return spec;
    }
}
