package org.shatterlab.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class MatrixSumTest {

    private final MatrixSum sum = new MatrixSum();

    @Test
    void weighsCellsByTheirRuns() {
        sum.add(1, 2, 5, bytes(1, Double.NaN));
        sum.add(1, 2, 15, bytes(3, 1));
        AveragedMatrix average = sum.average().orElseThrow();
        assertThat(average.runs()).isEqualTo(20);
        assertThat(average.rows()).isEqualTo(1);
        assertThat(average.columns()).isEqualTo(2);
        assertThat(average.values()).containsExactly(2.5, Double.NaN);
    }

    @Test
    void isEmptyWithoutCells() {
        assertThat(sum.average()).isEmpty();
    }

    private static byte[] bytes(double... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES);
        bytes.asDoubleBuffer().put(values);
        return bytes.array();
    }
}
