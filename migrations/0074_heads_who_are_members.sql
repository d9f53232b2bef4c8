-- A record that was merged is no member of its household any more, and so not its head: nobody could collect for who is left.

with headless as (
  update households h set head_id = null, version = h.version + 1 from beneficiaries b
    where b.id = h.head_id and b.merged_into is not null returning h.id, h.version, h.size, b.id as head_id)
insert into household_changes (household_id, version, size_before, size_after, head_before, head_after, reason, changed_by, changed_at)
  select id, version, size, size, head_id, null, 'The head was merged into another record', '00000000-0000-0000-0000-000000000001', now() from headless;

create function refuse_merged_head() returns trigger language plpgsql as $$
begin
  if exists (select from households h join beneficiaries b on b.id = h.head_id and b.merged_into is not null
    where case tg_table_name when 'households' then h.id = new.id else h.head_id = new.id end) then
    raise exception 'a record that was merged heads no household'
      using errcode = 'integrity_constraint_violation', constraint = 'households_head_not_merged', table = 'households';
  end if;
  return null;
end $$;
-- At the end of a transaction, as households_head_is_member: a record may be taken out of a merger and head its household again in one.
create constraint trigger head_not_merged after update of head_id on households deferrable initially deferred for each row
  when (new.head_id is not null and old.head_id is distinct from new.head_id) execute function refuse_merged_head();
create constraint trigger head_not_merged after update of merged_into on beneficiaries deferrable initially deferred for each row
  when (old.merged_into is null and new.merged_into is not null) execute function refuse_merged_head();
