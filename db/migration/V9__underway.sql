-- What was being computed when the last cell ended is part of how far an experiment is: large cells end late.

alter table experiment
    -- The cost of the cells that were being computed then, as far as they were.
    add column underway_cost double precision not null default 0;
alter table experiment alter column underway_cost drop default;
