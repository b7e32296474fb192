-- Cells are computed on a class of devices, which is part of their fingerprints and has a queue of its own.

alter table experiment
    -- What was asked for or, where that was left to the service, decided when it was submitted.
    add column device text not null default 'CPU' check (device in ('CPU', 'GPU'));
