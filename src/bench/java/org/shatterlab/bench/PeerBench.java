package org.shatterlab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.shatterlab.lab.Lab;
import org.shatterlab.lab.input.DatasetFolder;

/** Checks that the {@linkplain Peer peers} agree with each other, and that they multiply as fast as the lab. */
@ExtendWith(BenchSuite.class)
class PeerBench {

    private static final Roofline.Product PRODUCT = new Roofline.Product(256, 200, 200);

    @BeforeAll
    static void open() {
        assumeTrue(Peer.isAvailable(), "The peers need python3 with torch.");
    }

    @Test
    @DisplayName("statistics of both peers with equal weights")
    void agree() throws Exception {
        assertThat(Peer.roundingDisagreements(Workload.of("Figure 2", "figure-2", "{'runs': 5}")))
                .as("disagreements between the two peers")
                .isEmpty();
    }

    @Test
    @DisplayName("matrix products of the peers")
    void products(Report report) throws Exception {
        Lab.open(Path.of("target", "djl").toAbsolutePath(), new DatasetFolder(Path.of("/usr/share/datasets")));
        requireFastProducts(report, 1);
    }

    /**
     * Measures the products of the peers and of the lab in turn.
     *
     * @param threads the number of threads of the peers
     * @throws IllegalStateException if the peers multiply much slower than one thread of the lab
     */
    static void requireFastProducts(Report report, int threads) throws Exception {
        List<Double> peer = new ArrayList<>();
        List<Double> lab = new ArrayList<>();
        for (int i = 0; i < Report.REPEATS; i++) {
            peer.add(Peer.productRate(threads));
            lab.add(new Roofline(1).rate(PRODUCT));
        }
        String name = "product of 256 x 200 by 200 x 200";
        report.figure(name, "rate of the peers, threads: " + threads, "GFLOP/s", peer);
        report.figure(name, "rate of the lab, threads: 1", "GFLOP/s", lab);
        Peer.requireFastProducts(
                Report.Spread.of(peer).highest(), Report.Spread.of(lab).highest());
    }
}
