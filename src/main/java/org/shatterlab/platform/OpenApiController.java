package org.shatterlab.platform;

import java.io.IOException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the contract as it was written. */
@RestController
@ConditionalOnRole(Role.API)
class OpenApiController {

    @GetMapping(path = "/openapi.yaml", produces = "application/yaml")
    byte[] contract() throws IOException {
        return new ClassPathResource("openapi/shatterlab.yaml").getContentAsByteArray();
    }
}
