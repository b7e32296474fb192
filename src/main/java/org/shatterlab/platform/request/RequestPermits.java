package org.shatterlab.platform.request;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import org.shatterlab.platform.ProblemException;
import org.springframework.stereotype.Component;

/**
 * Holds permits until the end of a request. The request of a stream or of a long poll ends long after its handler has
 * returned, and it also ends when the client is gone.
 */
@Component
public class RequestPermits implements ServletRequestListener {

    private static final String ATTRIBUTE = RequestPermits.class.getName();

    /**
     * Acquires units of a budget, which the request holds until its end.
     *
     * @throws ProblemException with status 503 and {@code Retry-After}, if the budget has no room in time
     */
    public static void hold(RequestBudget budget, HttpServletRequest request, int units) {
        permits(request).add(budget.acquire(request, units));
    }

    @SuppressWarnings("unchecked")
    private static List<RequestBudget.Permit> permits(ServletRequest request) {
        Object permits = request.getAttribute(ATTRIBUTE);
        if (permits == null) {
            permits = new ArrayList<RequestBudget.Permit>();
            request.setAttribute(ATTRIBUTE, permits);
        }
        return (List<RequestBudget.Permit>) permits;
    }

    @Override
    public void requestDestroyed(ServletRequestEvent event) {
        if (event.getServletRequest().getAttribute(ATTRIBUTE) != null) {
            permits(event.getServletRequest()).forEach(RequestBudget.Permit::close);
        }
    }
}
