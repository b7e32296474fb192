package org.shatterlab.experiment.store;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** The link from an experiment to one of its cells. Links change in bulk only, by {@link ExperimentCellRepository} and {@code CellSettlement}. */
@Entity
@Table(name = "experiment_cell")
@Immutable
public class ExperimentCellEntity {

    @EmbeddedId
    private ExperimentCellId key;

    private short network;

    @JdbcTypeCode(SqlTypes.CHAR)
    @Column(length = 64)
    private String fingerprint;

    private boolean settled;

    @SuppressWarnings("NullAway.Init") // Hibernate sets the fields.
    protected ExperimentCellEntity() {}

    /** The place of a cell among the cells of an experiment, from 0. */
    @Embeddable
    public record ExperimentCellId(
            @Column(name = "experiment_id") UUID experiment, int ordinal) {}

    /** Returns the link without its experiment. */
    CellLink link() {
        return new CellLink(key.ordinal(), network, fingerprint, settled);
    }
}
