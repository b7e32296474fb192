package org.shatterlab.platform;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the contract as it was written. */
@RestController
@ConditionalOnRole(Role.API)
class OpenApiController {

    private final byte[] contract;

    OpenApiController() throws IOException {
        contract = new ClassPathResource("openapi/shatterlab.yaml").getContentAsByteArray();
    }

    /** Bytes, since the framework answers a range beyond the end of a resource with the whole of it. */
    @GetMapping(path = "/openapi.yaml", produces = "application/yaml")
    byte[] contract(HttpServletRequest request) {
        QueryParameters.requireNone(request.getParameterMap());
        return contract;
    }
}
