-- What is left of an experiment is told by what its cells are estimated to cost, at the rate of late.

alter table cell
    -- What it is estimated to cost, in seconds of a core.
    add column cost double precision not null default 1;
alter table cell alter column cost drop default;

alter table experiment
    -- Of all its cells, and of those that have ended.
    add column cost           double precision not null default 0,
    add column ended_cost     double precision not null default 0,
    -- How many of its cells were being computed when the first ended since the start; 0 before.
    add column generation     integer          not null default 0,
    -- The rate is taken from a mark, and what had ended then, to the last end of a cell; the next mark will take its place.
    add column mark           timestamptz,
    add column mark_cost      double precision not null default 0,
    add column next_mark      timestamptz,
    add column next_mark_cost double precision not null default 0,
    add column last_end       timestamptz;
-- Cells that were planned before cost all the same.
update experiment set cost = cells, ended_cost = done + failed, mark = started_at, mark_cost = head_start;
alter table experiment
    alter column cost drop default,
    alter column ended_cost drop default,
    alter column generation drop default,
    alter column mark_cost drop default,
    alter column next_mark_cost drop default;
