-- Storage is limited, for each owner and in all.

alter table experiment
    -- The estimated bytes of its planned cells with their results, whether or not other experiments share the cells. The
    -- default is for processes of an earlier version and for experiments of earlier versions, which count nothing.
    add column stored_bytes bigint not null default 0;

-- The sums by owner read this index alone.
create index experiment_stored on experiment (owner) include (stored_bytes);
