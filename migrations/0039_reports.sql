-- Reports to donors. A report is published once, for everything until a day that is over, and stays as it was published: what is learnt later
-- is in the next one. Why people are counted as they are is said in docs/decisions/0039-published-counts.md.

create table donor_reports (
  id uuid primary key,
  fund_id uuid not null references funds,
  number int not null check (number > 0),
  -- The first begins where the fund does.
  from_date date,
  to_date date not null,
  -- Of people and households counted for the first time. A few people are left for a later report.
  new_people int not null,
  -- Of them, who are in the tables of another fund of the programme; the rest is in this fund's.
  told_before int not null,
  new_households int not null check (new_households between 0 and new_people),
  -- Pay-outs made known by it, in all; no report makes a handful known.
  new_transfers int not null,
  -- What donors are shown.
  content jsonb not null,
  published_by uuid not null,
  published_at timestamptz not null,
  constraint donor_reports_number_once unique (fund_id, number),
  constraint donor_reports_days check (to_date >= from_date),
  constraint donor_reports_of_no_handful check ((new_people = 0 or new_people >= 10)
    and (told_before = 0 or told_before >= 10) and (new_people = told_before or new_people - told_before >= 10) and (new_transfers = 0 or new_transfers >= 10))
);
create trigger append_only before update or delete or truncate on donor_reports execute function refuse_change();

-- Reports follow on one another without a gap, so that no two of them differ by days that were chosen for it.
create function refuse_stray_report() returns trigger language plpgsql as $$
begin
  if row (new.number, new.from_date) is distinct from coalesce(
      (select row (r.number + 1, r.to_date + 1) from donor_reports r where r.fund_id = new.fund_id order by r.number desc limit 1),
      row (1, null::date)) then
    perform refuse('donor_reports_in_turn', 'a report goes on where the last one of its fund ended', 'donor_reports');
  end if;
  return new;
end $$;
create trigger in_turn before insert on donor_reports for each row execute function refuse_stray_report();

-- Whom a fund has reached, each once: as they were when it first did, and in the report that first counted them.
create table reported_people (
  fund_id uuid not null,
  programme_id uuid not null references programmes,
  beneficiary_id uuid not null,
  household_id uuid not null,
  number int not null,
  -- Whether another fund's report has told of them by sex, age, disability and place.
  is_told_before boolean not null,
  sex text not null,
  age_band text not null,
  has_disability boolean not null,
  wilaya_number text not null,
  kind text not null,
  constraint reported_people_once primary key (fund_id, beneficiary_id)
);
create index on reported_people (fund_id, number);
-- Two reports whose tables had people in common would differ by the others.
create unique index reported_people_told_once on reported_people (programme_id, beneficiary_id) where not is_told_before;
create trigger append_only before update or delete or truncate on reported_people execute function refuse_change();

-- Every cell of every table that was ever published of a fund, and what was kept back in it. Only what is shown leaves the platform.
create table published_cells (
  fund_id uuid not null,
  number int not null,
  breakdown text not null check (breakdown in ('sex', 'sex_age', 'disability', 'sex_age_disability', 'wilaya', 'kind', 'wilaya_group')),
  cell text not null,
  people int not null check (people >= 0),
  -- Pay-outs and what they come to, where a table tells them.
  transfers int not null default 0,
  amount numeric not null default 0,
  is_shown boolean not null,
  constraint published_cells_once primary key (fund_id, number, breakdown, cell),
  foreign key (fund_id, number) references donor_reports (fund_id, number),
  constraint published_cells_of_no_handful check (not is_shown or (people = 0 or people >= 10) and (transfers = 0 or transfers >= 10))
);
create trigger append_only before update or delete or truncate on published_cells execute function refuse_change();

-- What the next report of a fund would say, for those who prepare it.
create table report_drafts (
  fund_id uuid primary key references funds,
  content jsonb not null,
  computed_at timestamptz not null
);
grant update (content, computed_at) on report_drafts to sanad_app;

-- Who publishes on a fund, and who gave it, as IATI knows them (iatistandard.org, organisation identifiers).
create table report_publishers (
  fund_id uuid primary key references funds,
  organisation_ref text not null check (organisation_ref ~ '^[^\s/&|?]{3,100}$'),
  organisation_name text not null check (length(organisation_name) between 1 and 200),
  -- Code list OrganisationType.
  organisation_type text not null check (organisation_type ~ '^\d\d$'),
  donor_ref text check (donor_ref ~ '^[^\s/&|?]{3,100}$'),
  donor_type text check (donor_type ~ '^\d\d$'),
  version int not null default 1 check (version > 0),
  set_by uuid not null,
  set_at timestamptz not null
);
grant update (organisation_ref, organisation_name, organisation_type, donor_ref, donor_type, version, set_by, set_at) on report_publishers to sanad_app;

-- Each time a report was taken out of the platform as a file.
create table report_downloads (
  id uuid primary key,
  report_id uuid not null references donor_reports,
  format text not null check (format in ('csv', 'xlsx', 'iati', 'page')),
  taken_by uuid not null,
  taken_at timestamptz not null
);
create index on report_downloads (report_id);
create trigger append_only before update or delete or truncate on report_downloads execute function refuse_change();
