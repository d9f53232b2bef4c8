-- Somebody is invited first. Until they have chosen a password and set up an authenticator they have neither.
alter table users alter column password_hash drop not null;
alter table users alter column totp_secret drop not null;
alter table users add column activated_at timestamptz;
alter table users add constraint users_activated_whole
  check (activated_at is null or (password_hash is not null and totp_secret is not null));
grant update (activated_at) on users to sanad_app;
create trigger activated_stays before update on users for each row
  when (old.activated_at is not null and new.activated_at is distinct from old.activated_at) execute function refuse_going_back();

-- Failures are counted for each device that somebody has signed in from before, and together for every stranger who tries their account.
create table sign_in_failures (
  user_id uuid not null references users,
  -- Nil for strangers.
  device_id uuid not null,
  -- Those that were looked at, which say how long to wait.
  failures int not null check (failures >= 0),
  -- Those and whatever was tried meanwhile.
  tries int not null check (tries >= failures),
  paused_until timestamptz,
  last_at timestamptz not null,
  primary key (user_id, device_id)
);
grant update, delete on sign_in_failures to sanad_app;

-- Links that are sent by e-mail. The token is derived from the id when the link is sent; what is kept is its hash.
create table account_links (
  id uuid primary key,
  user_id uuid not null references users,
  purpose text not null check (purpose in ('invitation', 'password_reset', 'second_factor')),
  key_version int not null,
  token_hash bytea not null unique check (length(token_hash) = 32),
  wrong_tries int not null default 0 check (wrong_tries >= 0),
  created_by uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz check (used_at >= created_at and used_at < expires_at),
  revoked_at timestamptz check (revoked_at >= created_at),
  constraint account_links_end check (expires_at > created_at and expires_at <= created_at + interval '72 hours'),
  constraint account_links_one_end check (used_at is null or revoked_at is null),
  -- Nobody, an administrator least of all, opens a way past their own second factor.
  constraint account_links_not_for_oneself check (purpose <> 'second_factor' or created_by <> user_id)
);
-- One open link of a kind.
create unique index account_links_open on account_links (user_id, purpose) where used_at is null and revoked_at is null;
grant update (used_at, revoked_at, wrong_tries) on account_links to sanad_app;
create trigger ended_stays before update on account_links for each row
  when ((old.used_at is not null or old.revoked_at is not null)
    and (new.used_at, new.revoked_at) is distinct from (old.used_at, old.revoked_at)) execute function refuse_going_back();

-- An authenticator that is being set up. It counts once a code of it was given.
create table totp_enrolments (
  user_id uuid primary key references users,
  totp_secret bytea not null, -- sealed
  started_at timestamptz not null
);
grant update, delete on totp_enrolments to sanad_app;

-- Ten codes for somebody whose authenticator is lost, each good once. What is kept is a keyed digest of 80 random bits.
create table recovery_codes (
  id uuid primary key,
  user_id uuid not null references users,
  digest bytea not null unique check (length(digest) = 32),
  created_at timestamptz not null,
  used_at timestamptz check (used_at >= created_at),
  -- When newer codes took their place.
  replaced_at timestamptz check (replaced_at >= created_at),
  constraint recovery_codes_one_end check (used_at is null or replaced_at is null)
);
create index on recovery_codes (user_id) where used_at is null and replaced_at is null;
grant update (used_at, replaced_at) on recovery_codes to sanad_app;
create trigger used_once before update on recovery_codes for each row
  when (old.used_at is not null or old.replaced_at is not null) execute function refuse_going_back();
