-- Rows of a file that are compared as if their people were entered, and are not: a dry run. Nothing of it outlives its process, which alone has the key
-- that the profiles are sealed under; so nothing is logged either, and after a crash of the server it is gone.
create unlogged table rehearsals (
  id uuid primary key,
  programme_id uuid not null,
  begun_at timestamptz not null
);
create unlogged table rehearsed_people (
  id uuid primary key,
  rehearsal_id uuid not null references rehearsals on delete cascade,
  row_number int not null check (row_number > 0),
  profile bytea not null,
  -- As in match_profiles: by these it is counted how common a name is.
  search_keys bigint[] not null,
  unique (rehearsal_id, row_number)
);
-- The keys by which they are found as candidates, beside beneficiary_keys. A reference for each row would cost more than the row.
create unlogged table rehearsed_keys (
  rehearsal_id uuid not null,
  key bigint not null,
  person_id uuid not null,
  primary key (rehearsal_id, key, person_id)
);
grant delete on rehearsals to sanad_app;
grant delete on rehearsed_people to sanad_app;
grant delete on rehearsed_keys to sanad_app;
