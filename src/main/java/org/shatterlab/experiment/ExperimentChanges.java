package org.shatterlab.experiment;

import jakarta.persistence.PostRemove;
import jakarta.persistence.PostUpdate;
import org.shatterlab.platform.Notifier;
import org.springframework.stereotype.Component;

/** Says of every experiment that was changed, or is gone, that it was. Nobody waits for one that is new. */
@Component
class ExperimentChanges {

    /** Where it is said, by the experiment's id. */
    static final String CHANNEL = "experiment_changed";

    private final Notifier notifier;

    ExperimentChanges(Notifier notifier) {
        this.notifier = notifier;
    }

    @PostUpdate
    @PostRemove
    void onChange(ExperimentEntity experiment) {
        notifier.send(CHANNEL, experiment.getId().toString());
    }
}
