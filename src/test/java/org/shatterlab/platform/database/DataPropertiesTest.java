package org.shatterlab.platform.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DataPropertiesTest {

    @Test
    void keepsDataInTheHomeFolderUnlessToldOtherwise() {
        assertThat(new DataProperties("", "").folder())
                .isEqualTo(Path.of(System.getProperty("user.home"), ".shatterlab"));
        assertThat(new DataProperties("lab", "").folder())
                .isEqualTo(Path.of("lab").toAbsolutePath());
    }

    @Test
    void expectsDataSetsBesideItUnlessToldOtherwise() {
        assertThat(new DataProperties("lab", "").datasets())
                .isEqualTo(Path.of("lab/datasets").toAbsolutePath());
        assertThat(new DataProperties("lab", "sets").datasets())
                .isEqualTo(Path.of("sets").toAbsolutePath());
    }
}
