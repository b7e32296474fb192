-- Matrices of any statistic and shape, and predictions of statistics with several values.

alter table cell_matrix
    add column statistic text    not null default 'covariance',
    add column columns   integer;
alter table cell_matrix rename column size to rows;
alter table cell_matrix rename column covariance to entries;
update cell_matrix set columns = rows;
alter table cell_matrix
    alter column columns set not null,
    alter column statistic drop default,
    drop constraint cell_matrix_pkey,
    add primary key (fingerprint, statistic, depth);

alter table prediction
    add column index integer not null default -1, -- -1: a statistic with one value
    drop constraint prediction_pkey,
    add primary key (subject, statistic, depth, index);
alter table prediction alter column index drop default;
