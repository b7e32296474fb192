package org.shatterlab.experiment.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shatterlab.experiment.cell.CellAdmission;
import org.shatterlab.lab.engine.DeviceClass;

class ExperimentSpecJsonTest {

    /** The reader has no limits, because random experiments may exceed the limits of a service. */
    private final SpecReader reader = new SpecReader(Presets.load(), Limits.UNLIMITED, SpecBodies.DATASETS);

    private final CellAdmission admission = new CellAdmission(
            Limits.UNLIMITED, () -> Map.of(DeviceClass.CPU, Long.MAX_VALUE, DeviceClass.GPU, Long.MAX_VALUE));

    private ExperimentSpec read(String json) {
        return admission.admit(reader.read(StrictJson.parse(json)));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 1702})
    void readsBackWrittenSpecs(long seed) {
        RandomSpecs specs = new RandomSpecs(seed);
        for (int i = 0; i < 500; i++) {
            ExperimentSpec spec = specs.experiment();
            String json = ExperimentSpecJson.write(spec).toString();
            assertThat(StoredSpecCodec.read(json)).as(json).isEqualTo(spec);
            if (spec.preset() == null) {
                assertThat(read(json)).as(json).isEqualTo(spec);
            }
        }
    }

    @Test
    void writesEveryField() {
        ExperimentSpec spec = read("{\"networks\":[{\"family\":\"resnet\"}],\"depths\":[4,2]}");
        assertThat(ExperimentSpecJson.write(spec))
                .hasToString(
                        "{\"name\":null,\"preset\":null,\"networks\":[{\"label\":\"resnet\",\"family\":\"resnet\","
                                + "\"width\":200,\"normalization\":\"none\",\"alpha\":1,\"beta\":1,\"activation\":\"relu\","
                                + "\"initialization\":\"he\",\"firstBiasStd\":1}],\"depths\":[2,4],"
                                + "\"inputs\":{\"type\":\"grid\",\"from\":-2,\"to\":2,\"points\":256},"
                                + "\"statistics\":[\"gradient-variance\",\"gradient-correlation\",\"autocorrelation\",\"gradient\"],"
                                + "\"runs\":20,\"seed\":0,\"precision\":\"float32\",\"draws\":\"host\",\"device\":\"gpu\",\"priority\":0,\"cache\":true}");
    }
}
