package org.shatterlab.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {

    /** The file that {@code numpy.save} of NumPy 2.4.6 writes for the matrix of the test. */
    private static final String NUMPY_FILE = "934e554d505901007600"
            + HexFormat.of()
                    .formatHex(("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }" + " ".repeat(58) + "\n")
                            .getBytes(StandardCharsets.US_ASCII))
            + "000000000000f03f" + "00000000000004c0" + "000000000000f87f" + "cdcccccccccc4440";

    @Test
    void writesSameBytesAsNumPy() {
        byte[] file = Npy.write(new AveragedMatrix(2, 2, 3, new double[] {1, -2.5, Double.NaN, 41.6}));
        assertThat(HexFormat.of().formatHex(file)).isEqualTo(NUMPY_FILE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 10, 99, 100, 512})
    void alignsDataTo64Bytes(int size) {
        byte[] file = Npy.write(new AveragedMatrix(size, size, 1, new double[size * size]));
        assertThat((file.length - size * size * Double.BYTES) % 64).isZero();
    }
}
