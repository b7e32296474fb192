-- A service that many share: experiments and keys have owners, and what ended long ago goes.

alter table experiment
    -- Who submitted it; null where the service runs without tokens.
    add column owner text;
create index experiment_ended on experiment (finished_at) where state in ('SUCCEEDED', 'FAILED', 'CANCELLED');

alter table idempotency_key
    -- Empty where the service runs without tokens: a part of the primary key cannot be null.
    add column owner text not null default '',
    drop constraint idempotency_key_pkey,
    add primary key (owner, key);
alter table idempotency_key alter column owner drop default;

-- The cells that share a subject keep its predictions.
create index cell_subject on cell (subject);
