package org.shatterlab.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class RetentionNoticeTest {

    @Test
    void logsRetentionInForce(CapturedOutput output) {
        new RetentionNotice(new RetentionProperties(Duration.ofHours(36))).onReady();
        new RetentionNotice(new RetentionProperties(null)).onReady();
        assertThat(output).contains("Experiments are deleted 1d12h after their end.", "Experiments are kept for ever.");
    }
}
