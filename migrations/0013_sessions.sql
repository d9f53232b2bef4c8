-- How a session is held, how long it may rest, and from what it was begun: a browser's family and a keyed digest of its network, no address.
alter table sessions
  alter column second_factor_at drop not null, -- none was given yet
  add column kind text not null default 'full' check (kind in ('full', 'device')),
  add column transport text not null default 'bearer' check (transport in ('bearer', 'cookie')),
  add column idle_seconds int not null default 1800 check (idle_seconds > 0),
  -- To the minute, so that a busy session is not a hot row.
  add column last_used_at timestamptz,
  add column agent text check (length(agent) between 1 and 40),
  add column network bytea check (length(network) = 32),
  add column end_reason text check (length(end_reason) between 3 and 40),
  add constraint sessions_end_reason check (end_reason is null or ended_at is not null);
grant update (token_hash, last_used_at, end_reason) on sessions to sanad_app;
create index on sessions (user_id, id) where ended_at is null;

create trigger token_of_the_living before update of token_hash on sessions for each row
  when (old.ended_at is not null) execute function refuse_going_back();
create trigger use_goes_on before update of last_used_at on sessions for each row
  when (old.ended_at is not null or new.last_used_at < old.last_used_at) execute function refuse_going_back();

-- Nobody has more than ten sessions that could be used: whoever begins another ends one first.
create function refuse_eleventh_session() returns trigger language plpgsql as $$
begin
  perform 1 from users where id = new.user_id for no key update; -- sessions of one user begin one after another
  if (select count(*) from sessions s where s.user_id = new.user_id and s.ended_at is null and s.expires_at > new.created_at) >= 10 then
    raise exception 'ten sessions of this user are open'
      using errcode = 'integrity_constraint_violation', constraint = 'sessions_few', table = 'sessions';
  end if;
  return new;
end $$;
create trigger few before insert on sessions for each row execute function refuse_eleventh_session();

-- A machine that acts for the agency: one role that a machine may hold, in one place. What needs two roles needs two accounts.
create table service_accounts (
  id uuid primary key,
  name text not null unique check (length(name) between 1 and 200),
  role text not null constraint service_accounts_role check (role in ('enrolment_officer', 'auditor', 'donor')),
  -- No programme, office or fund: everywhere.
  programme_id uuid references programmes,
  office_id uuid references offices,
  fund_id uuid references funds,
  disabled_at timestamptz check (disabled_at >= created_at),
  created_by uuid not null,
  created_at timestamptz not null,
  constraint service_accounts_fund check (role <> 'donor' or fund_id is not null)
);
grant update (disabled_at) on service_accounts to sanad_app;
create trigger ended_stays before update on service_accounts for each row
  when (old.disabled_at is not null and new.disabled_at is distinct from old.disabled_at) execute function refuse_going_back();

-- A key is a partner's, for one programme, or a service account's, for some of what its role may do.
alter table api_keys
  alter column partner_id drop not null,
  alter column programme_id drop not null,
  add column service_account_id uuid references service_accounts,
  add column permissions text[],
  add constraint api_keys_one_holder check (num_nonnulls(partner_id, service_account_id) = 1),
  add constraint api_keys_programme check ((partner_id is null) = (programme_id is null)),
  add constraint api_keys_permissions check ((service_account_id is null) = (permissions is null) and cardinality(permissions) between 1 and 100);
create index on api_keys (service_account_id);
create index on api_keys (expires_at) where revoked_at is null;

-- Two people stand behind each key: it opens nothing until somebody has confirmed it who did not make it, and so never saw it.
alter table api_keys
  add column confirmed_by uuid,
  add column confirmed_at timestamptz check (confirmed_at >= created_at),
  add constraint api_keys_confirmed check ((confirmed_by is null) = (confirmed_at is null)),
  add constraint api_keys_two_people check (confirmed_by <> created_by);
grant update (confirmed_by, confirmed_at) on api_keys to sanad_app;
create trigger made_unconfirmed before insert on api_keys for each row when (new.confirmed_at is not null) execute function refuse_going_back();
create trigger confirmed_once before update on api_keys for each row
  when (old.confirmed_at is not null and (new.confirmed_by, new.confirmed_at) is distinct from (old.confirmed_by, old.confirmed_at))
  execute function refuse_going_back();

-- A key takes over from one of the same holder, and is good for no more than that.
create function refuse_wrong_key() returns trigger language plpgsql as $$
begin
  if exists (select from api_keys k where k.id = new.replaces and (
      (k.partner_id, k.programme_id, k.service_account_id) is distinct from (new.partner_id, new.programme_id, new.service_account_id)
      or not new.permissions <@ k.permissions)) then
    raise exception 'a key takes over from a key of the same holder'
      using errcode = 'integrity_constraint_violation', constraint = 'api_keys_same_holder', table = 'api_keys';
  end if;
  return new;
end $$;
create trigger takes_over before insert on api_keys for each row execute function refuse_wrong_key();

-- What the actor of an event was, and the key that a machine showed. Events from before this say neither.
alter table audit_events
  add column actor_kind text check (actor_kind in ('user', 'partner', 'service', 'public', 'system')),
  add column key_id uuid;
