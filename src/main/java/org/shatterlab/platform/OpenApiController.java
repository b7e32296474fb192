package org.shatterlab.platform;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the contract as it was written. */
@RestController
@ConditionalOnRole(Role.API)
class OpenApiController {

    @GetMapping(path = "/openapi.yaml", produces = "application/yaml")
    Resource contract() {
        return new ClassPathResource("openapi/shatterlab.yaml");
    }
}
