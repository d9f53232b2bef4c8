-- What is exported by the day is what was booked or changed on it: late reports of an office without a network, and voids.
create index payouts_reported on payouts (reported_at) where reported_at is not null;
create index payouts_voided on payouts (voided_at) where voided_at is not null;

-- When an exception was opened again last, and by which transaction, so that it is told again.
alter table exceptions
  add column reopened_at timestamptz,
  add column reopened_in xid8,
  add constraint exceptions_reopened_whole check ((reopened_at is null) = (reopened_in is null));
create index exceptions_reopened on exceptions (reopened_in) where reopened_in is not null;
grant update (reopened_at) on exceptions to sanad_app;

create function note_reopening() returns trigger language plpgsql as $$
begin
  if (old.state = 'resolved' and new.state = 'open') is distinct from (new.reopened_at is distinct from old.reopened_at) then
    perform refuse('exceptions_reopened_when', 'an exception that is opened again says when, and no other does', 'exceptions');
  end if;
  if new.reopened_at is distinct from old.reopened_at then new.reopened_in := pg_current_xact_id(); end if;
  return new;
end $$;
create trigger reopened before update on exceptions for each row
  when (old.state = 'resolved' and new.state = 'open' or new.reopened_at is distinct from old.reopened_at) execute function note_reopening();

-- How often what a fund did is published by itself.
alter table report_publishers add column publishes text not null default 'monthly' check (publishes in ('monthly', 'quarterly', 'by_hand'));
grant update (publishes) on report_publishers to sanad_app;
