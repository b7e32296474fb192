package org.shatterlab.experiment.store;

import jakarta.persistence.PostRemove;
import jakarta.persistence.PostUpdate;
import org.shatterlab.platform.NotificationSender;
import org.springframework.stereotype.Component;

/** Says of every experiment that was changed, or is gone, that it was. Nobody waits for one that is new. */
@Component
public class ExperimentChangePublisher {

    /** Where it is said, by the experiment's id. */
    public static final String CHANNEL = "experiment_changed";

    private final NotificationSender notifier;

    ExperimentChangePublisher(NotificationSender notifier) {
        this.notifier = notifier;
    }

    @PostUpdate
    @PostRemove
    void onChange(ExperimentEntity experiment) {
        notifier.send(CHANNEL, experiment.getId().toString());
    }
}
