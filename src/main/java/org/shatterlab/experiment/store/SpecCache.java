package org.shatterlab.experiment.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;
import java.util.UUID;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.SpecReader;
import org.shatterlab.experiment.spec.StrictJson;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The specifications of experiments. They never change, so that those that are asked for often are read once. */
@Component
public class SpecCache {

    /** In characters of their JSON, each of which is several bytes of objects. */
    private static final int MAX_CACHED_CHARACTERS = 1 << 20;

    private final JdbcClient jdbc;
    private final Cache<UUID, Kept> kept = Caffeine.newBuilder()
            .maximumWeight(MAX_CACHED_CHARACTERS)
            .weigher((UUID _, Kept spec) -> spec.length())
            .build();

    SpecCache(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private record Kept(ExperimentSpec spec, int length) {}

    /** The specification of an experiment; empty where there is none. */
    public Optional<ExperimentSpec> find(UUID experiment) {
        return Optional.ofNullable(kept.getIfPresent(experiment))
                .or(() -> read(experiment))
                .map(Kept::spec);
    }

    private Optional<Kept> read(UUID experiment) {
        Optional<Kept> read = jdbc.sql("select spec::text from experiment where id = ?")
                .param(experiment)
                .query((row, _) -> row.getString(1))
                .optional()
                .map(json -> new Kept(SpecReader.restore(StrictJson.parse(json)), json.length()));
        read.ifPresent(spec -> kept.put(experiment, spec));
        return read;
    }
}
