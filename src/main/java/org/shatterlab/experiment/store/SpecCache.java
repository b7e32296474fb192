package org.shatterlab.experiment.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;
import java.util.UUID;
import org.shatterlab.experiment.spec.ExperimentSpec;
import org.shatterlab.experiment.spec.StoredSpecCodec;
import org.springframework.stereotype.Component;

/** A cache of specifications, which never change. Safe for use by several threads. */
@Component
public class SpecCache {

    /**
     * The size of all cached specifications, in characters of their JSON. A character takes several bytes as objects.
     */
    private static final int MAX_CACHED_CHARACTERS = 1 << 20;

    private final ExperimentRepository experiments;
    private final Cache<UUID, CachedSpec> cache = Caffeine.newBuilder()
            .maximumWeight(MAX_CACHED_CHARACTERS)
            .weigher((UUID _, CachedSpec spec) -> spec.length())
            .build();

    SpecCache(ExperimentRepository experiments) {
        this.experiments = experiments;
    }

    private record CachedSpec(ExperimentSpec spec, int length) {}

    /** Returns the specification of an experiment; empty where the experiment does not exist. */
    public Optional<ExperimentSpec> find(UUID experiment) {
        return Optional.ofNullable(cache.getIfPresent(experiment))
                .or(() -> read(experiment))
                .map(CachedSpec::spec);
    }

    private Optional<CachedSpec> read(UUID experiment) {
        Optional<CachedSpec> read =
                experiments.findSpec(experiment).map(json -> new CachedSpec(StoredSpecCodec.read(json), json.length()));
        read.ifPresent(spec -> cache.put(experiment, spec));
        return read;
    }
}
