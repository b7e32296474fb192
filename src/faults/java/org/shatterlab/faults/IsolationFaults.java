package org.shatterlab.faults;

import static org.shatterlab.faults.AttackedService.ATTACKER;
import static org.shatterlab.faults.AttackedService.EXPERIMENTS;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.shatterlab.service.support.ServiceNode;

/**
 * Tests that one client cannot harm the others. Each test attacks a process with the role {@code api} and a heap of 256
 * MiB. Meanwhile {@link Bystanders} list, poll and probe.
 */
@ExtendWith(FaultSuite.class)
class IsolationFaults {

    /** Cells of the experiment whose rows the clients read. */
    private static final int CELLS = FaultSuite.SHORT ? 2_000 : 20_000;

    /** Header lines of a request without a token. */
    private static final String[] NO_TOKEN = {};

    private static byte[] get(String path, String... headers) {
        return ServiceNode.request("GET", path, "", headers);
    }

    @Test
    @DisplayName("pictures and matrices")
    void survivesDrawing(FaultScenario scenario) {
        AttackedService service = AttackedService.start(scenario);
        String figure = service.run("{\"preset\": \"figure-1\"}");
        service.attack(
                "40 clients draw Figure 1",
                () -> service.flood(
                        40, Set.of(200, 503), number -> get(figure + "/figures/figure-1." + format(number), ATTACKER)));
        String large = service.run(noise(64, 4096, 1, "\"gradient\""));
        service.attack(
                "12 clients draw 64 gradients of 4,096 points",
                () -> service.flood(
                        12, Set.of(200, 503), number -> get(large + "/figures/figure-1." + format(number), ATTACKER)));
        String matrices = service.run(noise(4, 512, 5, "\"covariance\", \"correlation\""));
        List<String> types = List.of("image/png", "application/json", "application/x-npy");
        service.attack(
                "24 clients read matrices of 512 x 512 entries",
                () -> service.flood(
                        24,
                        Set.of(200, 503),
                        number -> get(
                                matrices + "/matrices/" + number % 4 + "/0/"
                                        + (number % 2 == 0 ? "covariance" : "correlation"),
                                ATTACKER,
                                "Accept: " + types.get(number % 3))));
    }

    private static String format(int number) {
        return number % 2 == 0 ? "png" : "svg";
    }

    /**
     * Returns an experiment with networks of noise, whose labels are their numbers.
     *
     * @param statistics names of statistics in quotes, separated by commas
     */
    private static String noise(int networks, int points, int runs, String statistics) {
        return String.format(
                Locale.ROOT,
                "{\"networks\": [%s], \"inputs\": {\"type\": \"grid\", \"points\": %d}, \"runs\": %d, \"statistics\": [%s]}",
                networks(networks, "\"family\": \"white-noise\""),
                points,
                runs,
                statistics);
    }

    /** Returns networks with the same fields, whose labels are their numbers. */
    private static String networks(int networks, String fields) {
        return IntStream.range(0, networks)
                .mapToObj(label -> "{\"label\": \"" + label + "\", " + fields + "}")
                .collect(Collectors.joining(", "));
    }

    @Test
    @DisplayName("connections")
    void survivesConnections(FaultScenario scenario) {
        AttackedService service = AttackedService.start(scenario);
        service.attack(
                "300 connections send a body of one byte every 5 s, without a token",
                () -> service.hold(300, 0, slowBody(NO_TOKEN), "x"));
        service.attack(
                "300 connections send a body of one byte every 5 s, with a token",
                () -> service.hold(300, 128, slowBody(ATTACKER), "x"));
        service.attack(
                "3,000 connections send half a header",
                () -> service.hold(3_000, 512, "GET " + EXPERIMENTS + " HTTP/1.1\r\nHost: 127.0", "0"));
        String running = service.submit(noise(1, 4096, 100_000, "\"autocorrelation\""));
        service.attack(
                "2,000 connections open a stream of events",
                () -> service.hold(
                        2_000, 128, text(get(running + "/events", ATTACKER, "Accept: text/event-stream")), ""));
    }

    private static String slowBody(String... headers) {
        return "POST " + EXPERIMENTS + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "Content-Length: 1000\r\n"
                + Stream.of(headers).map(header -> header + "\r\n").collect(Collectors.joining()) + "\r\n";
    }

    private static String text(byte[] request) {
        return new String(request, StandardCharsets.US_ASCII);
    }

    @Test
    @DisplayName("costly requests")
    void survivesCostlyRequests(FaultScenario scenario) {
        AttackedService service = AttackedService.start(scenario);
        service.attack(
                "110 clients ask for the theory of 1,000 depths and 600 points",
                () -> service.flood(
                        110,
                        Set.of(200, 503),
                        _ -> get("/api/v1/theory?family=resnet&depths=1000&points=600", ATTACKER)));
        String excessive = deep(512, "\"covariance\"", 1560);
        service.attack(
                "4 clients estimate and submit an experiment of 20 TB",
                () -> service.flood(
                        4,
                        Set.of(422),
                        number -> ServiceNode.request(
                                "POST",
                                number % 2 == 0 ? EXPERIMENTS : EXPERIMENTS + "/estimate",
                                excessive,
                                ATTACKER)));
        String rows = service.run(deep(4, "\"gradient-variance\", \"gradient-correlation\"", 1));
        service.attack(
                "12 clients download CSV of 65,536 rows and do not read",
                () -> service.hold(12, 8, text(get(rows + "/results", ATTACKER, "Accept: text/csv")), ""));
        String depths = IntStream.range(1, 1500).mapToObj(String::valueOf).collect(Collectors.joining(","));
        service.attack(
                "12 clients read rows of 1,499 single depths",
                () -> service.flood(12, Set.of(200, 503), _ -> get(rows + "/results?depth=" + depths, ATTACKER)));
        String manyCells = noise(1, 32, 5 * CELLS, "\"autocorrelation\"");
        String cells = service.submit(manyCells);
        service.attack(
                "12 clients read one row of an experiment of many cells that runs",
                () -> service.flood(12, Set.of(200, 503), _ -> get(cells + "/results?limit=1", ATTACKER)));
        service.attack(
                "64 clients cancel and retry an experiment of many cells",
                () -> service.flood(
                        64,
                        Set.of(202, 409, 429, 503),
                        number -> ServiceNode.request(
                                "POST", cells + (number % 2 == 0 ? "/cancel" : "/retry"), "", ATTACKER)));
        String ended = service.run(manyCells);
        service.attack(
                "12 clients read one row of an experiment of many cells that has ended",
                () -> service.flood(12, Set.of(200, 503), _ -> get(ended + "/results?limit=1", ATTACKER)));
        long before = links(service);
        service.attack(
                "8 clients submit an experiment of many cells that are done already",
                () -> service.flood(
                        8, Set.of(202, 429, 503), _ -> ServiceNode.request("POST", EXPERIMENTS, manyCells, ATTACKER)));
        long stored = links(service) - before;
        scenario.report("stored links to cells: " + stored, "at most 200,000", stored <= 200_000);
    }

    /** Returns an experiment of 64 networks at 512 depths. */
    private static String deep(int points, String statistics, int runs) {
        return String.format(
                Locale.ROOT,
                "{\"networks\": [%s], \"depths\": {\"from\": 1, \"to\": 512, \"step\": 1},"
                        + " \"inputs\": {\"type\": \"grid\", \"points\": %d}, \"statistics\": [%s], \"runs\": %d}",
                networks(64, "\"family\": \"resnet\", \"width\": 8"),
                points,
                statistics,
                runs);
    }

    private static long links(AttackedService service) {
        return service.database().number("select count(*) from experiment_cell");
    }
}
