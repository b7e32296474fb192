package org.shatterlab.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QueryParametersTest {

    @Test
    void limitsNumberAndLengthOfViolations() {
        Map<String, String[]> given = new LinkedHashMap<>();
        IntStream.range(0, 2000).forEach(i -> given.put("x" + i, new String[] {""}));
        given.put("y".repeat(5000), new String[] {""});
        given.put("choice", new String[] {"z".repeat(5000)});
        QueryParameters parameters = new QueryParameters(given);
        parameters.multiChoice("choice", List.of("long".repeat(5000)));
        InvalidRequestException refusal = catchThrowableOfType(InvalidRequestException.class, parameters::requireValid);
        assertThat(refusal.violations()).hasSize(QueryParameters.MAX_LISTED + 1);
        assertThat(refusal.violations().getLast().message()).isEqualTo("and 1982 more violations");
        assertThat(refusal.toString() + refusal.violations()).hasSizeLessThan(40_000);
    }
}
