-- A role is granted for one place that there is, of a kind that means something for it: src/access/roles.ts says the same in words.
alter table role_grants
  add foreign key (programme_id) references programmes,
  add foreign key (office_id) references offices,
  add foreign key (fund_id) references funds,
  add constraint role_grants_one_place check (num_nonnulls(programme_id, office_id, fund_id) <= 1),
  add constraint role_grants_place check (case role
    when 'agent' then office_id is not null
    when 'office_supervisor' then office_id is not null
    when 'donor' then fund_id is not null
    when 'approver' then office_id is null
    when 'finance_officer' then office_id is null
    when 'administrator' then fund_id is null
    when 'auditor' then true
    else office_id is null and fund_id is null end);

-- Whoever granted it is somebody who is known, or the platform itself when it makes its first users.
create function refuse_unknown_granter() returns trigger language plpgsql as $$
begin
  if new.granted_by <> '00000000-0000-0000-0000-000000000001' and not exists (select from users where id = new.granted_by) then
    raise exception 'nobody is known who grants this'
      using errcode = 'foreign_key_violation', constraint = 'role_grants_by_somebody', table = 'role_grants';
  end if;
  return new;
end $$;
create trigger granted_by_somebody before insert on role_grants for each row execute function refuse_unknown_granter();

-- An agent sees nobody but the person in front of them.
insert into incompatible_roles values ('agent', 'enrolment_officer'), ('enrolment_officer', 'agent');

-- Separation of duties, on the record itself: whatever roles somebody holds or held, the steps of one record are taken by different people.
-- src/access/duties.ts lists every rule with the constraint that holds it.
-- Nobody pays, or takes back, the cash of a list that they had a hand in, or of somebody whom they brought in or vouched for. Three steps
-- into indexes that the pay-out has just been through.
create function refuse_payout_by_hand() returns trigger language plpgsql as $$
declare
  payer uuid := case tg_op when 'INSERT' then new.agent_id else new.voided_by end;
begin
  if exists (select from vouchers v join payment_list_hands h on h.list_id = v.list_id and payer in (h.user_id, h.for_user_id) where v.id = new.voucher_id)
    or exists (select from vouchers v join enrolments e on e.programme_id = v.programme_id and e.beneficiary_id = v.beneficiary_id
      where v.id = new.voucher_id and payer in (e.entered_by, e.verified_by)) then
    perform refuse('payouts_by_another', 'who had a hand in the list or the person does not handle the cash', 'payouts');
  end if;
  return new;
end $$;
create trigger paid_by_another before insert on payouts for each row execute function refuse_payout_by_hand();
create trigger voided_by_another before update of voided_by on payouts for each row when (new.voided_by is not null)
  execute function refuse_payout_by_hand();

-- Nobody closes the exception of cash that they paid out or took back, or of a list that they had a hand in.
create or replace function refuse_own_resolution() returns trigger language plpgsql as $$
begin
  if exists (select from payouts p join vouchers v on v.id = p.voucher_id
      where p.id = new.payout_id and (new.resolved_by in (p.agent_id, p.voided_by)
        or exists (select from payment_list_hands h where h.list_id = v.list_id and new.resolved_by in (h.user_id, h.for_user_id))))
    or exists (select from statement_lines s join vouchers v on v.serial = s.serial
      where s.id = new.statement_line_id and (
        exists (select from payouts p where p.voucher_id = v.id and new.resolved_by in (p.agent_id, p.voided_by))
        or exists (select from payment_list_hands h where h.list_id = v.list_id and new.resolved_by in (h.user_id, h.for_user_id)))) then
    perform refuse('exceptions_resolved_by_another', 'who had a hand in the list or paid the cash does not close its exception', 'exceptions');
  end if;
  return new;
end $$;
drop trigger resolved_by_another on exceptions;
create trigger resolved_by_another before insert or update of resolved_by, payout_id, statement_line_id on exceptions for each row
  when (new.resolved_by is not null) execute function refuse_own_resolution();


-- Nobody confirms what they wrote about a person themselves, on the day they came or later.
create function refuse_own_verification() returns trigger language plpgsql as $$
begin
  if exists (select from beneficiary_changes c where c.beneficiary_id = new.beneficiary_id and c.changed_by = new.verified_by)
    or exists (select from beneficiaries b where b.id = new.beneficiary_id and b.registered_by = new.verified_by) then
    perform refuse('enrolments_verified_by_another', 'who entered or changed a person does not verify them', 'enrolments');
  end if;
  return new;
end $$;
create trigger verified_by_another before insert or update of verified_by on enrolments for each row when (new.verified_by is not null)
  execute function refuse_own_verification();

-- Whether somebody brought people in or confirmed who they are, as any of their records.
create function has_hand_in(who uuid, people uuid[]) returns boolean language sql stable as $$
  select exists (select from beneficiaries b left join enrolments e on e.beneficiary_id = b.id
    where (b.id = any(people) or b.merged_into = any(people)) and who in (b.registered_by, e.entered_by, e.verified_by))
$$;

-- Nobody says of people whom they brought in, or vouched for, whether they are one.
create function refuse_own_decision() returns trigger language plpgsql as $$
begin
  if has_hand_in(new.decided_by, array[new.first_id, new.second_id]) then
    perform refuse('duplicate_pairs_decided_by_another', 'who registered or verified somebody does not decide about them', 'duplicate_pairs');
  end if;
  return new;
end $$;
create trigger decided_by_another before update of state, decided_by on duplicate_pairs for each row
  when (new.state in ('same_person', 'different_people', 'needs_information')
    and (old.state is distinct from new.state or old.decided_by is distinct from new.decided_by))
  execute function refuse_own_decision();
create trigger decided_by_another before insert on duplicate_decisions for each row execute function refuse_own_decision();

create function refuse_own_merger() returns trigger language plpgsql as $$
begin
  if has_hand_in(case tg_op when 'INSERT' then new.merged_by else new.undone_by end, array[new.loser_id, new.survivor_id]) then
    perform refuse('mergers_by_another', 'who registered or verified somebody does not merge them', 'mergers');
  end if;
  return new;
end $$;
create trigger merged_by_another before insert on mergers for each row execute function refuse_own_merger();
create trigger undone_by_another before update of undone_by on mergers for each row when (new.undone_by is not null)
  execute function refuse_own_merger();

-- Weights are put to use by somebody other than who estimated them.
create function refuse_own_model() returns trigger language plpgsql as $$
begin
  if exists (select from matching_models m where m.id = new.model_id and m.created_by = new.used_by) then
    perform refuse('matching_model_uses_by_another', 'who estimated a model does not put it to use', 'matching_model_uses');
  end if;
  return new;
end $$;
create trigger used_by_another before insert on matching_model_uses for each row execute function refuse_own_model();
