-- An experiment is a set of cells; a cell is content-addressed and shared by the experiments that ask for it.

create table experiment (
    id           uuid        primary key,
    name         text,
    preset       text,
    spec         jsonb       not null,
    state        text        not null check (state in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED')),
    priority     smallint    not null,
    cells        integer     not null,
    cached       integer     not null,
    done         integer     not null,
    failed       integer     not null,
    -- The ordinal of the first cell that has not been considered for scheduling yet.
    next_ordinal integer     not null default 0,
    failure      text,
    created_at   timestamptz not null,
    started_at   timestamptz,
    finished_at  timestamptz
);
create index experiment_unfinished on experiment (id) where state in ('QUEUED', 'RUNNING');

create table cell (
    -- SHA-256, in hexadecimal, of what the cell's numbers depend on.
    fingerprint char(64)    primary key,
    -- SHA-256 of network and inputs: what predictions depend on.
    subject     char(64)    not null,
    spec        jsonb       not null,
    state       text        not null check (state in ('PLANNED', 'QUEUED', 'RUNNING', 'DONE', 'FAILED')),
    -- Raised at each start: only the latest start may publish.
    fence       bigint      not null default 0,
    -- How often the cell was put into the queue, and started since then.
    schedulings integer     not null default 0,
    attempts    integer     not null default 0,
    failure     text,
    provenance  jsonb,
    created_at  timestamptz not null default now(),
    finished_at timestamptz
);

create table experiment_cell (
    experiment_id uuid     not null references experiment (id) on delete cascade,
    ordinal       integer  not null,
    network       smallint not null,
    fingerprint   char(64) not null references cell (fingerprint),
    -- Whether this cell is in the experiment's counts of done or failed cells.
    settled       boolean  not null,
    primary key (experiment_id, ordinal)
);
create index experiment_cell_fingerprint on experiment_cell (fingerprint);
create index experiment_cell_open on experiment_cell (experiment_id, ordinal) where not settled;

-- Every start of a cell, for good: what ran where, and how often.
create table cell_execution (
    id          bigint      generated always as identity primary key,
    fingerprint char(64)    not null references cell (fingerprint) on delete cascade,
    fence       bigint      not null,
    worker      text        not null,
    started_at  timestamptz not null default now(),
    unique (fingerprint, fence)
);

-- One statistic over the runs of one cell: a mean, or where there is a denominator a ratio of means.
create table cell_row (
    fingerprint      char(64)         not null references cell (fingerprint) on delete cascade,
    statistic        text             not null,
    depth            integer          not null, -- 0: noise, which has none
    index            integer          not null, -- -1: a statistic with one value
    count            bigint           not null,
    mean             double precision not null,
    m2               double precision not null,
    mean_denominator double precision,
    m2_denominator   double precision,
    co_moment        double precision,
    primary key (fingerprint, statistic, depth, index)
);

-- The covariance over the runs of one cell, M x M float64 in network byte order, row-major.
create table cell_matrix (
    fingerprint char(64) not null references cell (fingerprint) on delete cascade,
    depth       integer  not null,
    size        integer  not null,
    count       bigint   not null,
    covariance  bytea    not null,
    primary key (fingerprint, depth)
);

-- The gradient over the inputs of one run, M float64 in network byte order.
create table cell_series (
    fingerprint char(64) not null references cell (fingerprint) on delete cascade,
    depth       integer  not null,
    run         integer  not null,
    gradient    bytea    not null,
    primary key (fingerprint, depth, run)
);

create table prediction (
    subject        char(64) not null,
    statistic      text     not null,
    depth          integer  not null,
    paper          double precision,
    derived        double precision,
    infinite_width double precision,
    -- Why a prediction is missing.
    note           text,
    primary key (subject, statistic, depth)
);

-- db-scheduler's queue, as its documentation gives it.
create table scheduled_tasks (
    task_name            text        not null,
    task_instance        text        not null,
    task_data            bytea,
    execution_time       timestamptz not null,
    picked               boolean     not null,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures integer,
    last_heartbeat       timestamptz,
    version              bigint      not null,
    priority             smallint,
    primary key (task_name, task_instance)
);
create index scheduled_tasks_execution_time on scheduled_tasks (execution_time);
create index scheduled_tasks_last_heartbeat on scheduled_tasks (last_heartbeat);
create index scheduled_tasks_priority on scheduled_tasks (priority desc, execution_time asc);
