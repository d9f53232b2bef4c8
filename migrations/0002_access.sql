create table users (
  id uuid primary key,
  email text not null unique check (email = lower(email) and email ~ '^[^@\s]+@[^@\s]+$'),
  display_name text not null check (length(display_name) between 1 and 200),
  language text not null default 'fr' check (language in ('ar', 'fr', 'en')),
  password_hash text not null check (password_hash like '$argon2id$%'),
  totp_secret bytea not null, -- sealed
  -- The last time step whose code was accepted: a code is good once (RFC 6238 section 5.2).
  totp_last_step bigint not null default 0,
  disabled_at timestamptz,
  created_by uuid not null,
  created_at timestamptz not null
);
grant update (password_hash, totp_secret, totp_last_step, disabled_at, language) on users to sanad_app;

create table role_grants (
  id uuid primary key,
  user_id uuid not null references users,
  role text not null check (role in ('enrolment_officer', 'programme_officer', 'approver', 'finance_officer', 'agent',
    'office_supervisor', 'field_officer', 'donor', 'auditor', 'administrator')),
  -- No programme, office or fund: everywhere.
  programme_id uuid,
  office_id uuid,
  fund_id uuid,
  -- The most that a payment list may come to which its holder signs; none is no limit.
  limit_amount numeric check (limit_amount > 0),
  limit_currency text,
  ends_at timestamptz,
  granted_by uuid not null,
  granted_at timestamptz not null,
  constraint role_grants_not_to_oneself check (granted_by <> user_id),
  constraint role_grants_limit check (num_nonnulls(limit_amount, limit_currency) = 0 or num_nonnulls(limit_amount, limit_currency) = 2
    and role in ('approver', 'programme_officer', 'finance_officer') and fits_currency(limit_amount, limit_currency))
);
create index on role_grants (user_id);
grant update (ends_at) on role_grants to sanad_app;

create table incompatible_roles (
  role text not null,
  other text not null,
  primary key (role, other)
);
insert into incompatible_roles values
  ('administrator', 'approver'), ('administrator', 'finance_officer'), ('administrator', 'agent'),
  ('administrator', 'office_supervisor'), ('administrator', 'field_officer'), ('administrator', 'programme_officer'),
  ('auditor', 'enrolment_officer'), ('auditor', 'programme_officer'), ('auditor', 'approver'), ('auditor', 'finance_officer'),
  ('auditor', 'agent'), ('auditor', 'office_supervisor'), ('auditor', 'field_officer'), ('auditor', 'administrator'),
  ('agent', 'finance_officer'), ('agent', 'approver'), ('agent', 'programme_officer'),
  ('donor', 'finance_officer'), ('donor', 'approver'), ('donor', 'programme_officer');
insert into incompatible_roles select other, role from incompatible_roles on conflict do nothing;

create function refuse_incompatible_roles() returns trigger language plpgsql as $$
declare held text;
begin
  perform 1 from users where id = new.user_id for no key update; -- two grants to one person wait for each other
  if exists (select from role_grants g where g.user_id = new.user_id and g.role = new.role
      and (g.programme_id, g.office_id, g.fund_id) is not distinct from (new.programme_id, new.office_id, new.fund_id)
      and (g.ends_at is null or g.ends_at > new.granted_at)) then
    raise exception 'the role % is held already', new.role
      using errcode = 'integrity_constraint_violation', constraint = 'role_grants_once', table = 'role_grants';
  end if;
  select g.role into held from role_grants g join incompatible_roles i on i.role = g.role and i.other = new.role
    where g.user_id = new.user_id and (g.ends_at is null or g.ends_at > new.granted_at) limit 1;
  if held is not null then
    raise exception 'nobody is both % and %', held, new.role
      using errcode = 'integrity_constraint_violation', constraint = 'role_grants_compatible', table = 'role_grants',
        detail = held;
  end if;
  return new;
end $$;
create trigger compatible before insert on role_grants for each row execute function refuse_incompatible_roles();

create table sessions (
  id uuid primary key,
  token_hash bytea not null unique,
  user_id uuid not null references users,
  second_factor_at timestamptz not null,
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  -- Wrong second factors in this session; a few end it.
  wrong_codes int not null default 0 check (wrong_codes >= 0),
  ended_at timestamptz
);
create index on sessions (user_id);
grant update (second_factor_at, wrong_codes, ended_at) on sessions to sanad_app;

-- What is over stays over: a code that was used, a session that was left, a role that has ended.
create function refuse_going_back() returns trigger language plpgsql as $$
begin
  raise exception '%: what is over stays over', tg_table_name
    using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_over', table = tg_table_name;
end $$;
create trigger code_used_once before update on users for each row
  when (new.totp_last_step < old.totp_last_step) execute function refuse_going_back();
create trigger ended_stays before update on sessions for each row
  when (old.ended_at is not null and new.ended_at is distinct from old.ended_at) execute function refuse_going_back();
create trigger ended_stays before update on role_grants for each row
  when (old.ends_at is not null and (new.ends_at is null or new.ends_at > old.ends_at)) execute function refuse_going_back();

-- An organisation whose machines use the API with keys of their own.
create table partners (
  id uuid primary key,
  name text not null unique check (length(name) between 1 and 200),
  created_by uuid not null,
  created_at timestamptz not null
);

-- The prefix finds a key, the hash proves it; the key itself is shown once, when it is made. A new key may overlap the one it replaces.
create table api_keys (
  id uuid primary key,
  partner_id uuid not null references partners,
  programme_id uuid not null,
  prefix text not null unique check (prefix ~ '^[a-z0-9]{8,16}$'),
  key_hash bytea not null check (length(key_hash) = 32),
  -- A key is replaced once.
  replaces uuid unique references api_keys,
  expires_at timestamptz not null,
  -- To the hour, so that a busy key is not a hot row.
  last_used_at timestamptz,
  revoked_at timestamptz check (revoked_at >= created_at),
  created_by uuid not null,
  created_at timestamptz not null,
  check (replaces <> id),
  constraint api_keys_end check (expires_at > created_at and expires_at <= created_at + interval '8784 hours')
);
create index on api_keys (partner_id);
grant update (last_used_at, revoked_at, expires_at) on api_keys to sanad_app;
create trigger ended_stays before update on api_keys for each row
  when (old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at) execute function refuse_going_back();
create trigger expiry_comes_nearer before update on api_keys for each row
  when (new.expires_at > old.expires_at) execute function refuse_going_back();

-- How often somebody has knocked at a public door: by keyed digest of the address or the telephone number, never by either.
create table rate_limits (
  key varchar(255) primary key,
  points int not null,
  expire bigint
);
grant update, delete on rate_limits to sanad_app;
