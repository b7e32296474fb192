package org.shatterlab.platform.request;

import java.time.Duration;
import org.shatterlab.platform.ConditionalOnRole;
import org.shatterlab.platform.Role;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * A filter that limits the requests of one token that run at a time. Even cheap requests take cores, so a flood of them
 * would otherwise delay all other tokens. A request does not run while its body arrives, and while it waits for news.
 */
@Component
@ConditionalOnRole(Role.API)
@Order(SecurityFilterProperties.DEFAULT_FILTER_ORDER + 2)
class TokenShare extends RequestShare {

    private static final Duration MAX_WAIT = Duration.ofSeconds(5);

    TokenShare(RequestProperties limits, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        super(new RequestBudget("requests run", Integer.MAX_VALUE, limits.requestsPerToken(), MAX_WAIT), problems);
    }
}
