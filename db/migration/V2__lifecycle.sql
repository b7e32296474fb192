-- Experiments are listed, cancelled, retried and deleted; a submission may carry a key that makes it safe to repeat.

alter table experiment
    drop constraint experiment_state_check,
    add constraint experiment_state_check
        check (state in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLING', 'CANCELLED')),
    -- How many cells were done when it was submitted or last retried: the rate counts only those after.
    add column head_start integer not null default 0;
update experiment set head_start = cached;

drop index experiment_unfinished;
create index experiment_unfinished on experiment (id) where state in ('QUEUED', 'RUNNING', 'CANCELLING');
create index experiment_newest on experiment (created_at desc, id desc);

create table idempotency_key (
    key           text        primary key,
    -- SHA-256, in hexadecimal, of the body in canonical form.
    body_hash     char(64)    not null,
    experiment_id uuid        not null references experiment (id) on delete cascade,
    created_at    timestamptz not null default now()
);
create index idempotency_key_experiment on idempotency_key (experiment_id);
create index idempotency_key_age on idempotency_key (created_at);
