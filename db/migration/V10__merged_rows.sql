-- The rows of large experiments are merged once and stored, so that a read does not merge thousands of cells.

-- What the merge has examined of an experiment: the end of its cells since then makes it due again.
create table merged_experiment (
    experiment_id uuid primary key references experiment (id) on delete cascade,
    -- The number of done cells, and the end of the experiment, when all of its networks were examined last.
    done          integer not null,
    finished_at   timestamptz
);

-- The first cells of a network, in the order of their ordinals, whose merged rows are stored.
create table merged_network (
    experiment_id uuid      not null references merged_experiment (experiment_id) on delete cascade,
    network       smallint  not null,
    -- The ordinal of the last merged cell.
    last_ordinal  integer   not null,
    -- The ordinals of earlier cells that were not done. Once one of them is done, the merged rows lack it and are void.
    skipped       integer[] not null,
    primary key (experiment_id, network)
);
create index merged_network_skipped on merged_network (experiment_id) where skipped <> '{}';

-- The moments of cell_row, over the merged cells of a network.
create table merged_row (
    experiment_id    uuid             not null,
    network          smallint         not null,
    statistic        text             not null,
    depth            integer          not null,
    index            integer          not null,
    count            bigint           not null,
    mean             double precision not null,
    m2               double precision not null,
    mean_denominator double precision,
    m2_denominator   double precision,
    co_moment        double precision,
    primary key (experiment_id, network, statistic, depth, index),
    foreign key (experiment_id, network) references merged_network on delete cascade
);

-- The experiments that may have enough cells. Of a smaller experiment, a read merges the cells itself.
create index experiment_many_cells on experiment (id) where cells >= 64;
