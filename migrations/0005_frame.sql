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
  -- A signer who has not signed is reminded after so many days, and again.
  approval_reminder_days int not null default 2 check (approval_reminder_days between 1 and 30),
  -- For people of whom no other language is known.
  message_language text not null default 'fr' check (message_language in ('ar', 'fr', 'en')),
  -- Whether codes go out by SMS.
  codes_by_sms boolean not null default true,
  sender_name text check (sender_name ~ '^[A-Za-z0-9 ]{3,11}$' and sender_name ~ '[A-Za-z]'),
  -- So many days before the last day of a code, whoever has not collected is reminded. Null: nobody.
  reminder_days int check (reminder_days between 1 and 60),
  -- How long a changed telephone number waits before a code goes to it.
  phone_hold_hours int not null default 48 check (phone_hold_hours between 1 and 720),
  -- What the gateway charges for one segment of a message.
  segment_price numeric check (segment_price > 0),
  segment_currency text check (segment_currency ~ '^[A-Z]{3}$'),
  constraint programmes_segment_price_whole check ((segment_price is null) = (segment_currency is null)),
  constraint programmes_segment_price_fits check (fits_currency(segment_price, segment_currency)),
  created_by uuid not null,
  created_at timestamptz not null,
  -- The version that the columns above and the terms are of; who made it, when and why.
  version int not null default 1 check (version > 0),
  changed_by uuid,
  changed_at timestamptz,
  change_reason text check (length(change_reason) between 1 and 500),
  constraint programmes_version_by check (num_nonnulls(changed_by, changed_at, change_reason) = case when version = 1 then 0 else 3 end)
);
grant update (name, starts_on, ends_on, code_validity_days, hold_threshold, duplicate_limit, self_registration_open, approval_reminder_days, message_language,
  codes_by_sms, sender_name, reminder_days, phone_hold_hours, segment_price, segment_currency, version, changed_by, changed_at, change_reason) on programmes to sanad_app;

alter table api_keys add foreign key (programme_id) references programmes;

-- A donor's money for one programme under one agreement. It is kept in the currency that the programme pays in; the agreement may be in another.
create table funds (
  id uuid primary key,
  programme_id uuid not null references programmes,
  donor text not null,
  agreement text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  agreement_currency text,
  -- What the donor has promised, in the agreement's currency.
  pledged numeric check (pledged > 0),
  -- Only what falls due between these days is paid from it. Null: no bound.
  starts_on date,
  ends_on date,
  -- The part of what is received that may go to the fees of paying out, and is set aside for them. Null: nothing is set aside or forbidden.
  fee_share numeric check (fee_share between 0 and 1 and scale(fee_share) <= 4),
  -- Funds are drawn on in this order; those of one order that have shares side by side.
  draw_order int not null default 1 check (draw_order between 1 and 999),
  draw_share numeric check (draw_share > 0 and draw_share <= 1 and scale(draw_share) <= 4),
  -- Whom and what the donor gives it for; empty: for anybody, or anything.
  earmark_wilayas text[] not null default '{}' check (cardinality(earmark_wilayas) <= 99),
  earmark_kinds text[] not null default '{}' check (earmark_kinds <@ array
    ['one_time_grant', 'stipend', 'reintegration_cash', 'top_up', 'cash_for_work', 'emergency_cash'] and cardinality(earmark_kinds) <= 6),
  earmark_groups text[] not null default '{}' check (earmark_groups <@ array
    ['children', 'women', 'men', 'older_people', 'people_with_disability'] and cardinality(earmark_groups) <= 5),
  version int not null default 1,
  created_by uuid not null,
  created_at timestamptz not null,
  changed_by uuid,
  changed_at timestamptz,
  unique (programme_id, agreement),
  constraint funds_dates check (ends_on >= starts_on),
  constraint funds_pledge_fits check (fits_currency(pledged, agreement_currency)),
  constraint funds_pledge_whole check ((pledged is null) = (agreement_currency is null))
);
grant update (donor, agreement_currency, pledged, starts_on, ends_on, fee_share, draw_order, draw_share, earmark_wilayas, earmark_kinds, earmark_groups, version,
  changed_by, changed_at) on funds to sanad_app;

create table contributions (
  id uuid primary key,
  fund_id uuid not null references funds,
  -- What is booked, in the fund's currency.
  amount numeric not null check (amount > 0),
  currency text not null,
  -- What came in, where that was another currency, and the rate that it is booked at.
  foreign_amount numeric check (foreign_amount > 0),
  foreign_currency text check (foreign_currency <> currency),
  rate_id uuid,
  received_on date not null,
  reference text not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  check (fits_currency(amount, currency)),
  check (fits_currency(foreign_amount, foreign_currency)),
  constraint contributions_foreign_whole check (num_nonnulls(foreign_amount, foreign_currency, rate_id) in (0, 3))
);
create index on contributions (fund_id, reference);
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
  -- Its hours, its days and what it may pay in one of them are by this clock. A zone that there is not makes the check fail.
  time_zone text not null default 'Africa/Algiers' check (timestamptz '2000-01-01 00:00Z' at time zone time_zone is not null),
  -- Whether an agent pays out of an open till, and not otherwise.
  requires_till boolean not null default false,
  version int not null default 1,
  created_by uuid not null,
  created_at timestamptz not null
);
create index on offices (wilaya_number);
grant update (is_open, has_cash, time_zone, requires_till, version) on offices to sanad_app;

-- When an office is open in an ordinary week; 1 is Monday (ISO 8601). Without any its hours are not known, and not held to.
create table office_hours (
  office_id uuid not null references offices,
  weekday smallint not null check (weekday between 1 and 7),
  opens time not null,
  closes time not null,
  primary key (office_id, weekday, opens),
  constraint office_hours_forward check (closes > opens)
);
grant delete on office_hours to sanad_app;

-- A day on which it is otherwise, a holiday for instance: closed, where no hours are given.
create table office_days (
  office_id uuid not null references offices,
  day date not null,
  opens time,
  closes time,
  note text not null check (length(note) between 1 and 100),
  primary key (office_id, day),
  constraint office_days_forward check (num_nonnulls(opens, closes) in (0, 2) and (opens is null or closes > opens))
);
grant update (opens, closes, note), delete on office_days to sanad_app;

-- The most that an office pays in one day, and at once. Without a row there is no such bound.
create table office_limits (
  office_id uuid not null references offices,
  currency text not null,
  per_day numeric check (per_day > 0),
  per_payout numeric check (per_payout > 0),
  primary key (office_id, currency),
  check (fits_currency(per_day, currency)),
  check (fits_currency(per_payout, currency)),
  constraint office_limits_some check (num_nonnulls(per_day, per_payout) > 0)
);
grant update (per_day, per_payout), delete on office_limits to sanad_app;
