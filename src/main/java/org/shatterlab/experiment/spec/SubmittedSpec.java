package org.shatterlab.experiment.spec;

import org.shatterlab.platform.InvalidRequestException;

/**
 * A specification as a user submitted it, with the violations that were found so far. Admission may add violations before
 * {@link #requireValid} rejects the specification with all of them.
 */
public final class SubmittedSpec {

    private final ExperimentSpec spec;
    private final boolean choosesDevice;
    private final boolean measurable;
    private final JsonObjectReader document;

    /**
     * Creates a submitted specification.
     *
     * @param choosesDevice whether the user named the class of devices
     * @param measurable whether networks, inputs, depths and statistics are valid, so that cells can be planned
     * @param document the merged document that the specification was read from
     */
    SubmittedSpec(ExperimentSpec spec, boolean choosesDevice, boolean measurable, JsonObjectReader document) {
        this.spec = spec;
        this.choosesDevice = choosesDevice;
        this.measurable = measurable;
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

    /** Returns whether no violation was found so far. */
    public boolean isValid() {
        return document.violations().isEmpty();
    }

    /** Records that a field of the document is not allowed. */
    public void refuse(String field, String message) {
        document.refuse(field, message);
    }

    /** Records that a network is not allowed. The violation repeats no value, since a network is an object. */
    public void refuseNetwork(int index, String message) {
        document.violations().add(document.at("networks") + "/" + index, null, message);
    }

    /**
     * Returns the specification as the user submitted it.
     *
     * @throws InvalidRequestException with all violations, where there are any
     */
    public ExperimentSpec requireValid() {
        document.violations().requireNone();
        return spec;
    }
}
