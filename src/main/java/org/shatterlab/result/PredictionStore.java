package org.shatterlab.result;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.shatterlab.experiment.ExperimentCommands.CellsDeleted;
import org.shatterlab.lab.CellSpec;
import org.shatterlab.lab.input.DatasetFolder;
import org.shatterlab.lab.statistic.Statistic;
import org.shatterlab.lab.theory.PredictedRow;
import org.shatterlab.lab.theory.Theory;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/** Stores the predictions of theory, once for each network, inputs and depth. Cells of the same network share them. */
@Repository
public class PredictionStore {

    private final JdbcTemplate jdbc;
    private final DatasetFolder datasets;
    private final TransactionOperations transactions;

    PredictionStore(JdbcTemplate jdbc, DatasetFolder datasets, TransactionOperations transactions) {
        this.jdbc = jdbc;
        this.datasets = datasets;
        this.transactions = transactions;
    }

    /**
     * Computes and stores the predictions for a cell that are not stored yet.
     *
     * @param subject the fingerprint of the cell's network and inputs
     * @param cell the cell, which names the depths and the statistics
     */
    public void storeMissing(String subject, CellSpec cell) {
        Set<Statistic> wanted = EnumSet.copyOf(cell.statistics());
        wanted.retainAll(Theory.PREDICTED);
        List<Integer> missing = wanted.isEmpty() ? List.of() : missingDepths(subject, cell, wanted);
        if (missing.isEmpty()) {
            return;
        }
        List<Object[]> rows = Theory.rows(cell.network(), cell.inputs(), datasets, missing, wanted).stream()
                .map(row -> parameters(subject, row))
                .toList();
        // A depth is written in one transaction, so one stored row means that all of its rows are stored.
        transactions.executeWithoutResult(_ -> jdbc.batchUpdate("""
                insert into prediction (subject, statistic, depth, index, paper, derived, infinite_width, note)
                values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing""", rows));
    }

    /** Returns the depths of a cell at which the prediction of at least one statistic is not stored. */
    private List<Integer> missingDepths(String subject, CellSpec cell, Set<Statistic> wanted) {
        List<Integer> depths = cell.depths().isEmpty() ? List.of(ResultStore.NO_DEPTH) : cell.depths();
        List<Integer> stored = jdbc.query(
                """
                select depth from prediction where subject = ? and statistic = any (?)
                group by depth having count(distinct statistic) = ?""",
                (row, _) -> row.getInt(1),
                subject,
                wanted.stream().map(Statistic::apiName).toArray(String[]::new),
                wanted.size());
        return depths.stream().filter(depth -> !stored.contains(depth)).toList();
    }

    /** Deletes the predictions of deleted cells, unless another cell has the same network and inputs. */
    @EventListener
    void onCellsDeleted(CellsDeleted deleted) {
        jdbc.update("""
                delete from prediction p where p.subject = any (?::bpchar[])
                  and not exists (select from cell c where c.subject = p.subject)""", (Object) deleted.subjects().toArray(String[]::new));
    }

    private static Object[] parameters(String subject, PredictedRow row) {
        ResultRow.Predicted predicted = ResultRow.Predicted.of(row.predictions());
        return new Object[] {
            subject,
            row.statistic().apiName(),
            ResultStore.depth(row.depth()),
            ResultStore.index(row.index()),
            predicted.paper(),
            predicted.derived(),
            predicted.infiniteWidth(),
            predicted.note()
        };
    }
}
