package org.shatterlab.result;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.network.NetworkSpec;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.theory.GradientPredictions;
import org.shatterlab.lab.theory.Prediction;
import org.shatterlab.lab.theory.Predictions;
import org.shatterlab.lab.theory.Theory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** Keeps what theory predicts beside what is measured: once for each network, inputs and depth. */
@Repository
public class Predictor {

    private static final Set<Statistic> PREDICTED =
            EnumSet.of(Statistic.GRADIENT_VARIANCE, Statistic.GRADIENT_CORRELATION);

    private final JdbcTemplate jdbc;

    Predictor(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Stores the predictions for a cell that are not there yet.
     *
     * @param subject the fingerprint of the cell's network and inputs
     */
    public void predict(String subject, CellSpec cell) {
        if (Collections.disjoint(cell.statistics(), PREDICTED)) {
            return;
        }
        List<Integer> missing = missing(subject, cell);
        if (missing.isEmpty()) {
            return;
        }
        SortedMap<Integer, GradientPredictions> predictions = switch (cell.network()) {
            case NetworkSpec.Rectifier network -> Theory.predict(network, cell.inputs(), missing);
            case NetworkSpec.Noise noise ->
                new TreeMap<>(Map.of(
                        ResultStore.NO_DEPTH, Theory.noise(noise, cell.inputs().points())));
        };
        List<Object[]> rows = new ArrayList<>();
        predictions.forEach((depth, prediction) -> {
            rows.add(row(subject, Statistic.GRADIENT_VARIANCE, depth, prediction.variance()));
            rows.add(row(subject, Statistic.GRADIENT_CORRELATION, depth, prediction.correlation()));
        });
        jdbc.batchUpdate("""
                insert into prediction (subject, statistic, depth, paper, derived, infinite_width, note)
                values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing""", rows);
    }

    private List<Integer> missing(String subject, CellSpec cell) {
        List<Integer> wanted = cell.depths().isEmpty() ? List.of(ResultStore.NO_DEPTH) : cell.depths();
        List<Integer> known = jdbc.query(
                "select distinct depth from prediction where subject = ?", (row, _) -> row.getInt(1), subject);
        return wanted.stream().filter(depth -> !known.contains(depth)).toList();
    }

    private static Object[] row(String subject, Statistic statistic, int depth, Predictions predictions) {
        return new Object[] {
            subject,
            statistic.apiName(),
            depth,
            value(predictions.paper()),
            value(predictions.derived()),
            value(predictions.infiniteWidth()),
            note(predictions)
        };
    }

    private static @Nullable Double value(Prediction prediction) {
        return switch (prediction) {
            case Prediction.Value(double value) -> value;
            case Prediction.None _ -> null;
        };
    }

    private static @Nullable String note(Predictions predictions) {
        List<String> reasons = new ArrayList<>();
        addReason(reasons, "paper", predictions.paper());
        addReason(reasons, "derived", predictions.derived());
        addReason(reasons, "infiniteWidth", predictions.infiniteWidth());
        return reasons.isEmpty() ? null : String.join(" ", reasons);
    }

    private static void addReason(List<String> reasons, String name, Prediction prediction) {
        switch (prediction) {
            case Prediction.Value _ -> {}
            case Prediction.None(String reason) -> reasons.add(name + ": " + reason);
        }
    }
}
