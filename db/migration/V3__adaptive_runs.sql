-- Experiments may ask for a precision instead of a number of runs; their cells are then added in rounds.

alter table experiment
    -- How many rounds are over and decided upon; null where the number of runs is fixed.
    add column rounds integer;
