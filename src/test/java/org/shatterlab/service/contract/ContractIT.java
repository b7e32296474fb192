package org.shatterlab.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.service.support.Contract;
import org.shatterlab.service.support.Service;

/** Tests that the service has exactly the operations of its contract. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContractIT {

    private Service service;

    @BeforeAll
    void start(@TempDir Path data) {
        service = Service.start(data, "--shatterlab.roles=api");
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void mapsExactlyTheDeclaredOperations() {
        assertThat(service.routes()).isEqualTo(Contract.COMMITTED.operations());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT", "DELETE", "PATCH"})
    void rejectsUnsupportedMethods(String method) {
        Contract.COMMITTED.operations().stream()
                .map(operation -> operation.substring(operation.indexOf(' ') + 1))
                .distinct()
                .filter(path -> !Contract.COMMITTED.operations().contains(method + " " + path))
                .forEach(path -> assertThat(service.call(method, path.replaceAll("\\{[a-z]+}", "x"), "")
                                .statusCode())
                        .as("%s %s", method, path)
                        .isEqualTo(405));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-9", "bytes=5-1", "bytes=9999999-", "lines=1", "x"})
    void ignoresRangesOfTheContract(String range) throws Exception {
        HttpResponse<String> contract = service.get("/openapi.yaml", "Range", range);
        assertThat(contract.statusCode()).isEqualTo(200);
        assertThat(contract.body()).isEqualTo(Files.readString(Path.of("openapi/shatterlab.yaml")));
    }
}
