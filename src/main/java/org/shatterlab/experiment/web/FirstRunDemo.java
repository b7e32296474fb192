package org.shatterlab.experiment.web;

import java.nio.charset.StandardCharsets;
import org.shatterlab.experiment.ExperimentService;
import org.shatterlab.experiment.cell.CellAdmission;
import org.shatterlab.experiment.spec.PaperFigure;
import org.shatterlab.experiment.spec.SpecReader;
import org.shatterlab.experiment.store.Experiment;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.shatterlab.platform.ServiceProperties;
import org.shatterlab.platform.database.EmbeddedDatabase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Logs the address of the API at every start. The first start on a new embedded database also submits Figure 1 of the
 * paper, so that a new user sees a result at once.
 */
@Component
@ConditionalOnRole(Role.API)
class FirstRunDemo {

    private static final Logger log = LoggerFactory.getLogger(FirstRunDemo.class);
    private static final PaperFigure FIGURE = PaperFigure.FIGURE_1;

    private final ExperimentService experiments;
    private final SpecReader reader;
    private final CellAdmission admission;
    private final boolean enabled;
    private final Environment environment;

    FirstRunDemo(
            ExperimentService experiments,
            SpecReader reader,
            CellAdmission admission,
            ServiceProperties properties,
            ObjectProvider<EmbeddedDatabase> embedded,
            Environment environment) {
        this.experiments = experiments;
        this.reader = reader;
        this.admission = admission;
        this.enabled = properties.welcome() && embedded.getIfAvailable() != null;
        this.environment = environment;
    }

    @EventListener(ApplicationReadyEvent.class)
    void onReady() {
        String address = "http://127.0.0.1:" + environment.getProperty("local.server.port")
                + environment.getProperty("server.servlet.context-path", "");
        log.info("The API answers. {}/docs documents the API and lets you try it.", address);
        if (!enabled || !experiments.isEmpty()) {
            return;
        }
        byte[] body = "{\"preset\": \"%s\"}".formatted(FIGURE.apiName()).getBytes(StandardCharsets.UTF_8);
        Experiment experiment = experiments.submit(null, admission.admit(reader.read(body)));
        log.info(
                "Welcome. The service measures Figure 1 of the paper. In a few seconds the figure is ready at "
                        + "{}/api/v1/experiments/{}/figures/{}.svg",
                address,
                experiment.id(),
                FIGURE.apiName());
    }
}
