-- The role that the running platform acts as. It owns nothing; each migration grants it what its rooms need, and no more.
do $$ begin
  if not exists (select from pg_roles where rolname = 'sanad_app') then create role sanad_app nologin; end if;
exception when duplicate_object then null; -- two databases of one server being made at once
end $$;

revoke create on schema public from public;
grant usage on schema public to sanad_app;
alter default privileges in schema public grant select, insert on tables to sanad_app;
alter default privileges in schema public revoke execute on functions from public;
alter default privileges in schema public grant execute on functions to sanad_app;

-- Digits after the decimal point (ISO 4217). These two stand in check constraints, which PostgreSQL plans anew for each statement: in
-- PL/pgSQL they are compiled once for a connection, where a function in SQL would be expanded every time. And where a pay-out passes,
-- letters are checked with translate(): a regular expression with a count costs more than the row.
create function minor_units(currency text) returns int language plpgsql immutable parallel safe as $$
begin
  return case
    when currency in ('BIF','CLP','DJF','GNF','ISK','JPY','KMF','KRW','PYG','RWF','UGX','UYI','VND','VUV','XAF','XOF','XPF') then 0
    when currency in ('BHD','IQD','JOD','KWD','LYD','OMR','TND') then 3
    else 2
  end;
end $$;

create function fits_currency(amount numeric, currency text) returns boolean language plpgsql immutable parallel safe as $$
begin
  return length(currency) = 3 and translate(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '') = '' and abs(amount) < 1e16 and scale(trim_scale(amount)) <= minor_units(currency);
end $$;

-- For tables that are only ever added to.
-- Refuses what a trigger has found, under the name by which the code knows it.
create function refuse(broken text, what text, relation text) returns void language plpgsql as $$
begin
  raise exception '%', what using errcode = 'integrity_constraint_violation', constraint = broken, table = relation;
end $$;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op)
    using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_append_only', table = tg_table_name;
end $$;

-- For tables with a column "state": the arguments are the moves that are allowed, 'from>to'.
create function refuse_forbidden_transition() returns trigger language plpgsql as $$
begin
  if not (old.state || '>' || new.state) = any (tg_argv) then
    raise exception '%: % cannot become %', tg_table_name, old.state, new.state
      using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_transition', table = tg_table_name;
  end if;
  return new;
end $$;

-- For tables whose new rows must begin in one state.
create function refuse_other_first_state() returns trigger language plpgsql as $$
begin
  if not new.state = any (tg_argv) then
    raise exception '%: a new row cannot be %', tg_table_name, new.state
      using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_first_state', table = tg_table_name;
  end if;
  return new;
end $$;

-- The answer that each idempotency key was given, sealed. Written in the transaction of the effect.
create table idempotency_keys (
  actor_id uuid not null,
  key text not null check (length(key) between 8 and 128),
  command text not null,
  input_digest text not null check (length(input_digest) = 64),
  answer bytea not null,
  created_at timestamptz not null,
  primary key (actor_id, key)
);
create trigger append_only before update or truncate on idempotency_keys execute function refuse_change();
create index on idempotency_keys using brin (created_at);
grant delete on idempotency_keys to sanad_app; -- keys are forgotten after a while

-- What a key was answered. A second request with the same key waits here until the first has committed, and then sees its answer: each
-- statement of a volatile function looks anew.
create function answer_of(actor uuid, idempotency_key text) returns table (input_digest text, answer bytea) language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(actor || '/' || idempotency_key, 0));
  return query select k.input_digest, k.answer from idempotency_keys k where k.actor_id = actor and k.key = idempotency_key;
end $$;

-- Work that a committed command has asked for and nobody has finished yet.
create table follow_ups (
  id uuid primary key,
  job text not null,
  payload jsonb not null,
  attempts int not null default 0,
  due_at timestamptz,
  last_error text,
  created_at timestamptz not null
);
create index on follow_ups (coalesce(due_at, created_at));
grant update, delete on follow_ups to sanad_app;
