-- Who was entered with a key, as a keyed digest of the submission and of name, birth and documents: a submission that is sent again with somebody put in
-- between has other people in the places that the keys name. Without one (entered before this, or erased since), the key alone counts.
alter table intake_keys add column who bytea check (length(who) = 32),
  add constraint intake_keys_who_goes_with_person check (who is null or beneficiary_id is not null);
create index on intake_keys (programme_id, who) where who is not null;
grant update (who) on intake_keys to sanad_app;
