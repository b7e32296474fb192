-- What was being computed when the last cell ended is part of how far an experiment is: large cells end late.

alter table experiment
    -- The cost of the cells that were being computed then, as far as they were. The default is for processes of an earlier
    -- version, which may run beside those of this one.
    add column underway_cost double precision not null default 0;
