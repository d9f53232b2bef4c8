create table wilayas (
  number text primary key check (number ~ '^\d{2}$'),
  iso_3166_2 text not null,
  -- OCHA's code; the ten wilayas made in 2019 have none yet and take their parent's.
  pcode text,
  name_fr text not null,
  name_ar text not null,
  parent_number text references wilayas,
  valid_from date not null
);

create table communes (
  wilaya_number text not null references wilayas,
  name_fr text not null,
  name_ar text not null,
  primary key (wilaya_number, name_fr)
);

create table programmes (
  id uuid primary key,
  code text not null unique check (code ~ '^[A-Z0-9-]{2,20}$'),
  name text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  time_zone text not null,
  starts_on date not null,
  ends_on date not null check (ends_on >= starts_on),
  code_validity_days int not null check (code_validity_days between 1 and 366),
  -- Duplicate pairs that score this much or more keep both people off released lists.
  hold_threshold numeric not null check (hold_threshold between 0 and 1),
  -- A registration file with a larger share of duplicates stops.
  duplicate_limit numeric not null check (duplicate_limit between 0 and 1),
  -- Whether people may register themselves, through the public door.
  self_registration_open boolean not null default false,
  version int not null default 1,
  created_by uuid not null,
  created_at timestamptz not null
);
grant update (name, ends_on, code_validity_days, hold_threshold, duplicate_limit, self_registration_open, version) on programmes to sanad_app;

alter table api_keys add foreign key (programme_id) references programmes;

-- From this amount on, so many signatures of this role, in the order of the steps. The first row of a programme starts at zero.
create table approval_rules (
  programme_id uuid not null references programmes,
  from_amount numeric not null check (from_amount >= 0),
  step int not null check (step > 0),
  role text not null,
  signatures int not null check (signatures between 1 and 5),
  primary key (programme_id, from_amount, step)
);

create table funds (
  id uuid primary key,
  programme_id uuid not null references programmes,
  donor text not null,
  agreement text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  created_by uuid not null,
  created_at timestamptz not null,
  unique (programme_id, agreement)
);

create table contributions (
  id uuid primary key,
  fund_id uuid not null references funds,
  amount numeric not null check (amount > 0),
  currency text not null,
  received_on date not null,
  reference text not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  unique (fund_id, reference),
  check (fits_currency(amount, currency))
);
create trigger append_only before update or delete or truncate on contributions execute function refuse_change();

create table offices (
  id uuid primary key,
  code text not null unique check (code ~ '^\d{5}$'),
  wilaya_number text not null references wilayas,
  commune text not null,
  name_fr text not null,
  name_ar text not null,
  is_open boolean not null default true,
  -- An office without cash says so before a code is used.
  has_cash boolean not null default true,
  version int not null default 1,
  created_by uuid not null,
  created_at timestamptz not null
);
create index on offices (wilaya_number);
grant update (is_open, has_cash, version) on offices to sanad_app;
