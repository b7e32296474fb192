package org.shatterlab.result.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class FontCheckTest {

    @Test
    void namesPackagesAndLogsOnce(CapturedOutput output) {
        FontCheck check = new FontCheck(() -> {
            throw new InternalError("Fontconfig head is null, check your fonts or fonts configuration");
        });
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(check::require)
                    .isInstanceOf(MissingFontException.class)
                    .hasMessageContainingAll("no font", "fontconfig", "fonts-dejavu-core", "restart");
        }
        assertThat(output.getAll()).containsOnlyOnce("Fontconfig head is null");
    }

    @Test
    void checksOnlyOnce() {
        AtomicInteger checks = new AtomicInteger();
        FontCheck check = new FontCheck(checks::incrementAndGet);
        check.require();
        check.require();
        assertThat(checks).hasValue(1);
    }

    @Test
    void rejectsTextWithoutWidth() {
        DoubleSupplier noWidth = () -> 0;
        assertThatThrownBy(new FontCheck(noWidth)::require).isInstanceOf(MissingFontException.class);
    }

    @Test
    void findsFontOfThisMachine() {
        assertThatCode(FontCheck.MACHINE::require).doesNotThrowAnyException();
    }
}
