package org.shatterlab.experiment.store;

import jakarta.persistence.PostRemove;
import jakarta.persistence.PostUpdate;
import org.shatterlab.platform.NotificationSender;
import org.springframework.data.domain.Persistable;
import org.springframework.stereotype.Component;

/** Notifies every process of each changed or deleted experiment. A new experiment has no listeners yet. */
@Component
public class ExperimentChangePublisher {

    /** The channel of the notifications. The payload is the id of the experiment. */
    public static final String CHANNEL = "experiment_changed";

    private final NotificationSender notifier;

    ExperimentChangePublisher(NotificationSender notifier) {
        this.notifier = notifier;
    }

    @PostUpdate
    @PostRemove
    void onChange(Persistable<?> experiment) {
        notifier.send(CHANNEL, String.valueOf(experiment.getId()));
    }
}
