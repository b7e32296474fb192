-- The worker processes, by their own word, and how often a cell lost the one that computed it.

create table worker (
    name         text        primary key,
    node         text        not null,
    device       text        not null,
    engine       text        not null,
    -- Cells at a time, and the memory that each of them may take outside the heap.
    threads      integer     not null,
    memory_bytes bigint      not null,
    -- It finishes what it has and takes nothing new.
    draining     boolean     not null default false,
    started_at   timestamptz not null default clock_timestamp(),
    heartbeat_at timestamptz not null default clock_timestamp()
);

alter table cell
    -- How many claims ended without a word since the cell was put into the queue: their workers crashed or hung.
    add column vanished integer not null default 0;
create index cell_running on cell (fingerprint) where state = 'RUNNING';
