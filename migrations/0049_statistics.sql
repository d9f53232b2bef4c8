-- How many people there are and how they are spread, as the planner knows it. After many were entered at once it would learn that a minute later,
-- and until then go through all of them for a page of a list. Only the owner of a table may look, so whoever entered them asks through this.
create function analyze_people() returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- What is sealed, and lists of keys, tell it nothing.
  analyze households, enrolments, beneficiary_keys, operations_people, beneficiaries (id, household_id, merged_into, wilaya_number, commune, source_id),
    consents (beneficiary_id), match_profiles (beneficiary_id, programme_id), duplicate_pairs (first_id, second_id, programme_id, state, score);
end $$;
revoke execute on function analyze_people() from public;
grant execute on function analyze_people() to sanad_app;
