package org.shatterlab.platform;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the OpenAPI document at {@code /openapi.yaml}, byte for byte. */
@RestController
@ConditionalOnRole(Role.API)
class OpenApiController {

    private final byte[] contract;

    OpenApiController() throws IOException {
        contract = new ClassPathResource("openapi/shatterlab.yaml").getContentAsByteArray();
    }

    /**
     * Returns the document as bytes. The framework would answer a range beyond the end of a {@code Resource} with the
     * whole resource.
     */
    @GetMapping(path = "/openapi.yaml", produces = "application/yaml")
    byte[] contract(HttpServletRequest request) {
        QueryParameters.requireNone(request.getParameterMap());
        return contract;
    }
}
