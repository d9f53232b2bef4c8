-- What an agent counts beyond what should be in their till is in the safe once a supervisor has signed for it: until then nobody else has seen it.
create or replace function count_till_in_safe() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform move_in_safe(new.office_id, new.currency, case when tg_op = 'INSERT' then -new.opening when old.closed_at is null then least(new.counted, new.cash)
    else new.counted - new.cash end);
  return null;
end $$;
create trigger surplus_into_safe after update on tills for each row
  when (old.signed_at is null and new.signed_at is not null and new.counted > new.cash) execute function count_till_in_safe();
