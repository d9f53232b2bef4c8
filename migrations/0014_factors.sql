-- What somebody was asked to sign: random, for one purpose and one subject, good once and not for long. The subject is a keyed digest of
-- the session, the device or the address that it was asked for, so that an attempt in nobody's name is kept like any other.
create table challenges (
  challenge bytea primary key check (length(challenge) = 32),
  purpose text not null check (purpose in ('passkey_registration', 'passkey_sign_in', 'passkey_step_up',
    'device_enrolment', 'device_sign_in', 'device_step_up')),
  bound_to bytea not null check (length(bound_to) = 32),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint challenges_short check (expires_at > created_at and expires_at <= created_at + interval '10 minutes')
);
create index on challenges (expires_at);
grant update (used_at), delete on challenges to sanad_app;
create trigger used_once before update on challenges for each row when (old.used_at is not null) execute function refuse_change();

-- Public keys that somebody's authenticators sign with (WebAuthn).
create table passkeys (
  id uuid primary key,
  user_id uuid not null references users,
  credential_id bytea not null unique check (length(credential_id) between 1 and 1023),
  public_key bytea not null, -- COSE, not secret
  name text not null check (length(name) between 1 and 100),
  transports text[] not null,
  -- Whether it may be copied to other devices of its owner, as the authenticator says.
  is_synced boolean not null,
  -- What the authenticator has counted. Many count nothing, and stay at zero.
  sign_count bigint not null check (sign_count between 0 and 4294967295),
  created_at timestamptz not null,
  last_used_at timestamptz check (last_used_at >= created_at),
  ended_at timestamptz check (ended_at >= created_at)
);
create index on passkeys (user_id) where ended_at is null;
grant update (sign_count, last_used_at, ended_at) on passkeys to sanad_app;
create trigger count_goes_on before update on passkeys for each row
  when (new.sign_count < old.sign_count) execute function refuse_going_back();
create trigger ended_stays before update on passkeys for each row
  when (old.ended_at is not null) execute function refuse_going_back();

-- A telephone or a computer at a post office. Its private key never leaves it.
create table devices (
  id uuid primary key,
  office_id uuid not null references offices,
  name text not null check (length(name) between 1 and 100),
  key_version int not null default 1 check (key_version >= 1),
  -- Wrong PINs of everybody on one day (UTC). A right one takes none of them back.
  wrong_pins_on date,
  wrong_pins_that_day int not null default 0 check (wrong_pins_that_day >= 0),
  enrolled_by uuid not null references users,
  created_at timestamptz not null,
  revoked_by uuid references users,
  revoked_at timestamptz check (revoked_at >= created_at),
  revocation_reason text check (length(revocation_reason) between 1 and 500),
  check ((revoked_at is null) = (revoked_by is null) and (revoked_at is null) = (revocation_reason is null))
);
create index on devices (office_id);
grant update (key_version, wrong_pins_on, wrong_pins_that_day, revoked_by, revoked_at, revocation_reason) on devices to sanad_app;
create trigger revoked_stays before update on devices for each row
  when (old.revoked_at is not null) execute function refuse_going_back();
create trigger key_goes_on before update on devices for each row
  when (new.key_version < old.key_version) execute function refuse_going_back();

-- Every key that a device has had: what was signed under an earlier one can still be checked.
create table device_keys (
  device_id uuid not null references devices,
  version int not null check (version >= 1),
  public_key jsonb not null check (public_key ->> 'crv' = 'P-256' and not public_key ? 'd'), -- JSON Web Key (RFC 7517)
  created_by uuid not null references users,
  created_at timestamptz not null,
  primary key (device_id, version)
);
create trigger append_only before update or delete or truncate on device_keys execute function refuse_change();
alter table devices add constraint devices_key foreign key (id, key_version) references device_keys (device_id, version)
  deferrable initially deferred;

-- Somebody who may sign in on a device with a PIN. A forgotten PIN or a lock is left behind by enrolling again.
create table device_enrolments (
  id uuid primary key,
  device_id uuid not null references devices,
  user_id uuid not null references users,
  pin_hash bytea, -- argon2id, sealed
  -- Since this person's last right PIN.
  wrong_pins smallint not null default 0 check (wrong_pins between 0 and 5),
  created_at timestamptz not null,
  last_used_at timestamptz not null check (last_used_at >= created_at),
  locked_at timestamptz,
  ended_at timestamptz check (ended_at >= created_at),
  constraint device_enrolments_locked_after_five check (wrong_pins < 5 or locked_at is not null),
  constraint device_enrolments_pin check ((pin_hash is null) = (ended_at is not null))
);
create unique index device_enrolments_once on device_enrolments (device_id, user_id) where ended_at is null;
create index on device_enrolments (user_id);
grant update (pin_hash, wrong_pins, last_used_at, locked_at, ended_at) on device_enrolments to sanad_app;
create trigger ended_stays before update on device_enrolments for each row
  when (old.ended_at is not null) execute function refuse_going_back();
create trigger locked_stays before update on device_enrolments for each row
  when (old.locked_at is not null and (new.locked_at is distinct from old.locked_at or new.wrong_pins < old.wrong_pins))
  execute function refuse_going_back();

-- A session that a PIN has opened ends with the enrolment and the device, and may do only what is done at the counter.
alter table sessions add column device_enrolment_id uuid references device_enrolments;
create index on sessions (device_enrolment_id) where ended_at is null;
alter table sessions add constraint sessions_of_device check ((kind = 'device') = (device_enrolment_id is not null));
