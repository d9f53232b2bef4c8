-- A period that somebody asked to open again stays closed where a colleague refuses that, or whoever asked takes it back; it may be asked for again.
alter table ledger_reopenings
  drop constraint ledger_reopenings_once,
  add column refused_by uuid,
  add column refused_at timestamptz,
  -- Why it was refused.
  add column note text check (length(note) between 1 and 500),
  add constraint ledger_reopenings_refused_whole check (num_nonnulls(refused_by, refused_at, note) in (0, 3)),
  add constraint ledger_reopenings_one_decision check (confirmed_by is null or refused_by is null);
create unique index ledger_reopenings_once on ledger_reopenings (period_id, closing) where refused_by is null;
grant update (refused_by, refused_at, note) on ledger_reopenings to sanad_app;

create or replace function refuse_reopening_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' and num_nonnulls(new.confirmed_by, new.refused_by) = 0
    or tg_op = 'UPDATE' and num_nonnulls(old.confirmed_by, old.refused_by) = 0 and num_nonnulls(new.confirmed_by, new.refused_by) = 1
      and to_jsonb(new) - array['confirmed_by', 'confirmed_at', 'refused_by', 'refused_at', 'note']
        = to_jsonb(old) - array['confirmed_by', 'confirmed_at', 'refused_by', 'refused_at', 'note'] then
    return new;
  end if;
  raise exception 'a reopening is asked for, then confirmed or refused once'
    using errcode = 'integrity_constraint_violation', constraint = 'ledger_reopenings_append_only', table = 'ledger_reopenings';
end $$;
