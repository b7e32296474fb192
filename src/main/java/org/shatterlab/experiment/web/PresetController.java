package org.shatterlab.experiment.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.shatterlab.experiment.spec.Presets;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Problem;
import org.shatterlab.platform.ProblemException;
import org.shatterlab.platform.QueryParameters;
import org.shatterlab.platform.Role;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the presets: the experiments of the paper as complete specifications, ready to be submitted. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping(path = "/api/v1/presets", produces = MediaType.APPLICATION_JSON_VALUE)
class PresetController {

    private final Presets presets;

    PresetController(Presets presets) {
        this.presets = presets;
    }

    record PresetList(List<Presets.Preset> items) {}

    @GetMapping
    PresetList list(HttpServletRequest request) {
        QueryParameters.requireNone(request.getParameterMap());
        return new PresetList(presets.all());
    }

    @GetMapping("/{name}")
    Presets.Preset get(@PathVariable String name, HttpServletRequest request) {
        QueryParameters.requireNone(request.getParameterMap());
        return presets.find(name)
                .orElseThrow(() -> new ProblemException(
                        Problem.NOT_FOUND,
                        "No preset has this name. The presets are "
                                + String.join(
                                        ", ",
                                        presets.all().stream()
                                                .map(Presets.Preset::name)
                                                .toList())
                                + "."));
    }
}
