package org.shatterlab.result.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

class CsvTest {

    private static String row(boolean forSpreadsheet) throws IOException {
        MockHttpServletResponse response = new MockHttpServletResponse();
        Csv csv = Csv.start(response, List.of("x"), forSpreadsheet);
        csv.printRecord("=1+1", "+1", "-1", "@a", "\t=1", " =1", "a=1", null, -0.5, 2, true);
        csv.flush();
        return response.getContentAsString();
    }

    @Test
    void marksFormulasForSpreadsheets() throws IOException {
        assertThat(row(true)).isEqualTo("x\r\n'=1+1,'+1,'-1,'@a,'\t=1,' =1,a=1,,-0.5,2,true\r\n");
    }

    @Test
    void keepsTextsByDefault() throws IOException {
        assertThat(row(false)).isEqualTo("x\r\n=1+1,+1,-1,@a,\"\t=1\",\" =1\",a=1,,-0.5,2,true\r\n");
    }
}
