package org.shatterlab.experiment.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shatterlab.experiment.spec.SpecBodies.body;
import static org.shatterlab.experiment.spec.SpecBodies.read;

import org.junit.jupiter.api.Test;
import org.shatterlab.lab.engine.DeviceClass;
import tools.jackson.databind.node.ObjectNode;

/** Specifications of earlier versions of the service stay readable. */
class StoredSpecCodecTest {

    @Test
    void readsMissingDrawsAsHost() {
        ExperimentSpec spec = read(body("'runs': 5"));
        ObjectNode stored = ExperimentSpecJson.write(spec);
        stored.remove("draws");
        assertThat(StoredSpecCodec.read(stored.toString())).isEqualTo(spec);
    }

    @Test
    void readsOpenDeviceAsCpu() {
        ObjectNode stored = ExperimentSpecJson.write(read(body("'runs': 5")));
        stored.put("device", "auto");
        assertThat(StoredSpecCodec.read(stored.toString()).device()).isEqualTo(DeviceClass.CPU);
    }
}
