package org.shatterlab.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorTest {

    @Test
    void namesModelAndVectorsOnX86() {
        assertThat(Processor.name(List.of(
                        "processor\t: 0",
                        "model name\t: Intel(R) Xeon(R) Platinum 8481C",
                        "flags\t\t: fpu sse2 avx2 avx512f",
                        "",
                        "processor\t: 1",
                        "model name\t: another")))
                .isEqualTo("Intel(R) Xeon(R) Platinum 8481C (avx512f)");
    }

    @Test
    void namesPartAndVectorsOnArm() {
        assertThat(Processor.name(List.of(
                        "processor\t: 0", "Features\t: fp asimd sve", "CPU implementer\t: 0x41", "CPU part\t: 0xd40")))
                .isEqualTo("CPU implementer 0x41, CPU part 0xd40 (sve)");
    }

    @Test
    void isNullWithoutModel() {
        assertThat(Processor.name(List.of("processor\t: 0"))).isNull();
    }
}
