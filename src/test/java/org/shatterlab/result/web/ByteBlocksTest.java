package org.shatterlab.result.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteBlocksTest {

    @Test
    void returnsWrittenBytes() throws IOException {
        Random random = new Random(4);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        ByteBlocks blocks = new ByteBlocks();
        for (int length : new int[] {0, 1, 65_535, 65_536, 3, 200_000}) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            expected.write(bytes);
            blocks.write(bytes);
            expected.write(length);
            blocks.write(length);
        }
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        blocks.writeTo(written);
        assertThat(written.toByteArray()).isEqualTo(expected.toByteArray());
        assertThat(blocks.size()).isEqualTo(expected.size());
    }
}
