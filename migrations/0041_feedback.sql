-- Complaints, questions and thanks. Three roles more: who handles ordinary cases, who handles those that few may see, and who asks people by
-- telephone after they were paid.
alter table role_grants drop constraint role_grants_role_check;
alter table role_grants add constraint role_grants_role_check check (role in ('enrolment_officer', 'programme_officer', 'approver',
  'finance_officer', 'agent', 'office_supervisor', 'field_officer', 'donor', 'auditor', 'administrator', 'feedback_officer', 'protection_officer',
  'interviewer'));
-- Who handles cash, keeps the accounts of users or looks over everybody's shoulder does not handle what people say of them.
insert into incompatible_roles
  select role, other from unnest(array['feedback_officer', 'protection_officer', 'interviewer']) as role,
    unnest(array['agent', 'office_supervisor', 'field_officer', 'auditor', 'administrator']) as other;
insert into incompatible_roles values ('protection_officer', 'finance_officer'), ('protection_officer', 'approver'), ('protection_officer', 'donor'),
  ('feedback_officer', 'donor'), ('interviewer', 'donor');
insert into incompatible_roles select other, role from incompatible_roles on conflict do nothing;

-- What people speak of, and what is done with it unless a programme says otherwise.
create table feedback_categories (
  category text primary key,
  position int not null unique,
  is_sensitive boolean not null,
  acknowledge_hours int not null check (acknowledge_hours between 1 and 720),
  resolve_hours int not null check (resolve_hours between 1 and 8760 and resolve_hours >= acknowledge_hours)
);
insert into feedback_categories (category, position, is_sensitive, acknowledge_hours, resolve_hours) values
  ('question', 1, false, 72, 240),
  ('payment_not_received', 2, false, 48, 240),
  ('wrong_amount', 3, false, 48, 240),
  ('asked_to_pay', 4, false, 24, 240),
  ('rude_or_unsafe', 5, false, 48, 336),
  ('data_correction', 6, false, 72, 336),
  ('exclusion', 7, false, 72, 720),
  ('fraud_or_corruption', 8, true, 24, 720),
  ('sexual_exploitation', 9, true, 24, 720),
  ('child_protection', 10, true, 24, 720),
  ('thanks', 11, false, 168, 720),
  ('other', 12, false, 72, 336);
revoke insert on feedback_categories from sanad_app;
create trigger append_only before update or delete or truncate on feedback_categories execute function refuse_change();

-- The same for one programme, each version of it; the last counts.
create table feedback_settings (
  programme_id uuid not null references programmes,
  category text not null references feedback_categories,
  version int not null check (version > 0),
  is_sensitive boolean not null,
  acknowledge_hours int not null check (acknowledge_hours between 1 and 720),
  resolve_hours int not null check (resolve_hours between 1 and 8760 and resolve_hours >= acknowledge_hours),
  -- Who is told when it takes too long, one after the other; none: everybody with the role.
  responsible uuid[] not null check (cardinality(responsible) <= 3),
  reason text not null check (length(reason) between 3 and 500),
  set_by uuid not null,
  set_at timestamptz not null,
  primary key (programme_id, category, version)
);
create trigger append_only before update or delete or truncate on feedback_settings execute function refuse_change();
create function refuse_exposing_category() returns trigger language plpgsql as $$
begin
  if not new.is_sensitive and exists (select from feedback_categories c where c.category = new.category and c.is_sensitive) then
    perform refuse('feedback_settings_sensitive', 'what few may see in every programme few may see in this one', 'feedback_settings');
  end if;
  return new;
end $$;
create trigger stays_sensitive before insert on feedback_settings for each row execute function refuse_exposing_category();

create view feedback_rules as
  select p.id as programme_id, c.category, c.position, coalesce(s.version, 0) as version, coalesce(s.is_sensitive, c.is_sensitive) as is_sensitive,
    coalesce(s.acknowledge_hours, c.acknowledge_hours) as acknowledge_hours, coalesce(s.resolve_hours, c.resolve_hours) as resolve_hours,
    coalesce(s.responsible, '{}') as responsible, s.reason, s.set_by, s.set_at
  from programmes p cross join feedback_categories c left join lateral (
    select * from feedback_settings f where f.programme_id = p.id and f.category = c.category order by f.version desc limit 1) s on true;

-- Whose the messages are that come to a number of a gateway; without a number, to any. The one that was set last counts.
create table feedback_lines (
  id uuid primary key,
  gateway_id uuid not null references gateways,
  number text check (number ~ '^\+?[0-9]{3,15}$'),
  programme_id uuid not null references programmes,
  set_by uuid not null,
  set_at timestamptz not null
);
create index on feedback_lines (gateway_id, id);
create trigger append_only before update or delete or truncate on feedback_lines execute function refuse_change();

-- What somebody has told us. Their words, how they can be reached and what they are answered are sealed under a key of the case's own: without
-- it nothing of them is left, in the notes neither.
create table feedback_cases (
  id uuid primary key,
  programme_id uuid not null references programmes,
  -- Public: nine random digits and a check digit (Damm).
  reference text not null unique check (length(reference) = 10 and translate(reference, '0123456789', '') = ''),
  channel text not null check (channel in ('form', 'sms', 'hotline', 'desk', 'box', 'visit')),
  language text not null check (language in ('ar', 'fr', 'en')),
  category text not null references feedback_categories,
  is_sensitive boolean not null,
  -- As it was received, whatever it was found to be afterwards: by these it is counted for who does not handle sensitive cases, so that no count
  -- changes when a case becomes one.
  category_at_receipt text not null references feedback_categories,
  was_sensitive boolean not null,
  acknowledge_due_at_receipt timestamptz not null,
  resolve_due_at_receipt timestamptz not null,
  -- Whoever sent it wants to stay unknown: nothing leads from it to anybody.
  is_anonymous boolean not null,
  has_contact boolean not null,
  state text not null default 'received' check (state in ('received', 'acknowledged', 'in_progress', 'answered', 'closed', 'reopened')),
  data_key bytea,
  content bytea,
  -- What the person is told.
  reply bytea,
  -- Keyed digest of the gateway's identifier of a message: the same one is one case.
  message_index bytea unique,
  owner_id uuid,
  -- Staff whom it is about, where they are known.
  accused_ids uuid[] not null default '{}',
  beneficiary_id uuid references beneficiaries,
  -- Whether the person linked is who told us, or whom it concerns.
  person_is text check (person_is in ('author', 'concerned')),
  voucher_id uuid,
  payout_id uuid references payouts,
  linked_by uuid,
  received_at timestamptz not null,
  acknowledge_due_at timestamptz not null check (acknowledge_due_at > received_at),
  resolve_due_at timestamptz not null check (resolve_due_at >= acknowledge_due_at),
  acknowledged_at timestamptz,
  answered_at timestamptz,
  closed_at timestamptz,
  told_at timestamptz,
  -- When nothing was left of the words.
  forgotten_at timestamptz,
  check ((forgotten_at is null) = (data_key is not null) and (data_key is null) = (content is null)),
  check (forgotten_at is null or reply is null),
  check ((state = 'received') = (acknowledged_at is null)),
  check (state not in ('answered', 'closed') or answered_at is not null),
  check ((state = 'closed') = (closed_at is not null)),
  check ((beneficiary_id is null) = (person_is is null)),
  check (num_nonnulls(beneficiary_id, voucher_id, payout_id) = 0 or linked_by is not null),
  constraint feedback_cases_anonymous check (not is_anonymous or num_nonnulls(beneficiary_id, voucher_id, payout_id) = 0 and not has_contact),
  constraint feedback_cases_not_by_accused check (owner_id is null or owner_id <> all (accused_ids))
);
create index on feedback_cases (programme_id, id) where not is_sensitive;
create index feedback_cases_sensitive on feedback_cases (programme_id, id) where is_sensitive;
create index feedback_cases_waiting on feedback_cases (acknowledge_due_at) where state = 'received';
create index feedback_cases_unresolved on feedback_cases (resolve_due_at) where state in ('received', 'acknowledged', 'in_progress', 'reopened');
create index on feedback_cases (beneficiary_id) where beneficiary_id is not null;
create index on feedback_cases (programme_id, closed_at) where closed_at is not null and forgotten_at is null;
create function note_receipt() returns trigger language plpgsql as $$
begin
  new.category_at_receipt := new.category;
  new.was_sensitive := new.is_sensitive;
  new.acknowledge_due_at_receipt := new.acknowledge_due_at;
  new.resolve_due_at_receipt := new.resolve_due_at;
  return new;
end $$;
create trigger at_receipt before insert on feedback_cases for each row execute function note_receipt();
create trigger first_state before insert on feedback_cases for each row execute function refuse_other_first_state('received');
create trigger transition before update of state on feedback_cases for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('received>acknowledged', 'acknowledged>in_progress', 'acknowledged>answered',
    'in_progress>answered', 'answered>closed', 'answered>reopened', 'closed>reopened', 'reopened>in_progress', 'reopened>answered');
create trigger kept before delete or truncate on feedback_cases execute function refuse_change();
grant update (category, is_sensitive, has_contact, state, data_key, content, reply, owner_id, accused_ids, beneficiary_id, person_is, voucher_id, payout_id,
  linked_by, acknowledge_due_at, resolve_due_at, acknowledged_at, answered_at, closed_at, told_at, forgotten_at) on feedback_cases to sanad_app;

-- What somebody told us stands as they told it until it is forgotten, and who stays unknown stays so.
create function refuse_other_words() returns trigger language plpgsql as $$
begin
  if new.content is not null and new.content is distinct from old.content or old.forgotten_at is not null and new.forgotten_at is distinct from old.forgotten_at then
    perform refuse('feedback_cases_words_stand', 'what somebody told us is not written anew', 'feedback_cases');
  end if;
  return new;
end $$;
create trigger words_stand before update on feedback_cases for each row execute function refuse_other_words();

-- A case of a category that few may see is seen by few.
create function refuse_exposed_case() returns trigger language plpgsql as $$
begin
  if not new.is_sensitive and exists (select from feedback_rules r
      where r.programme_id = new.programme_id and r.category = new.category and r.is_sensitive) then
    perform refuse('feedback_cases_sensitive_kept', 'few may see what is of this category', 'feedback_cases');
  end if;
  return new;
end $$;
create trigger sensitive_kept before insert or update of category, is_sensitive on feedback_cases for each row execute function refuse_exposed_case();

-- What is linked lies in the programme of the case, and belongs together.
create function refuse_foreign_link() returns trigger language plpgsql as $$
begin
  if new.beneficiary_id is not null and not exists (select from enrolments e
      where e.programme_id = new.programme_id and e.beneficiary_id = new.beneficiary_id)
    or new.voucher_id is not null and not exists (select from vouchers v where v.id = new.voucher_id and v.programme_id = new.programme_id)
    or new.payout_id is not null and not exists (select from payouts p where p.id = new.payout_id and p.voucher_id = new.voucher_id) then
    perform refuse('feedback_cases_linked_here', 'what a case is linked with lies in its programme', 'feedback_cases');
  end if;
  return new;
end $$;
create trigger linked_here before insert or update of beneficiary_id, voucher_id, payout_id on feedback_cases for each row
  when (num_nonnulls(new.beneficiary_id, new.voucher_id, new.payout_id) > 0) execute function refuse_foreign_link();

-- Every step of a case and who took it. Nobody takes one in a case that is about themselves.
create table feedback_steps (
  case_id uuid not null references feedback_cases,
  number int not null check (number > 0),
  step text not null check (step in ('received', 'acknowledged', 'in_progress', 'answered', 'closed', 'reopened', 'assigned', 'categorised', 'linked',
    'noted', 'accused_named', 'told', 'escalated', 'forgotten')),
  user_id uuid not null,
  at timestamptz not null,
  -- In words, sealed under the key of the case.
  reason bytea,
  primary key (case_id, number)
);
create trigger append_only before update or delete or truncate on feedback_steps execute function refuse_change();
create function refuse_step_of_accused() returns trigger language plpgsql as $$
begin
  if exists (select from feedback_cases c where c.id = new.case_id and new.user_id = any (c.accused_ids)) then
    perform refuse('feedback_steps_not_by_accused', 'nobody handles what is said of themselves', tg_table_name::text);
  end if;
  return new;
end $$;
create trigger not_by_accused before insert on feedback_steps for each row execute function refuse_step_of_accused();

create table feedback_notes (
  id uuid primary key,
  case_id uuid not null references feedback_cases,
  note bytea not null,
  user_id uuid not null,
  at timestamptz not null
);
create index on feedback_notes (case_id, id);
create trigger append_only before update or delete or truncate on feedback_notes execute function refuse_change();
create trigger not_by_accused before insert on feedback_notes for each row execute function refuse_step_of_accused();

-- That the person was told what came of it, or is about to be.
create table feedback_tellings (
  id uuid primary key,
  case_id uuid not null references feedback_cases,
  how text not null check (how in ('sms', 'phone', 'in_person')),
  user_id uuid not null,
  asked_at timestamptz not null,
  told_at timestamptz check (told_at >= asked_at),
  failed_at timestamptz check (failed_at >= asked_at),
  -- SHA-256 of the sealed answer that was to be sent.
  reply_digest bytea check (length(reply_digest) = 32),
  check ((how = 'sms') = (reply_digest is not null)),
  check (how = 'sms' or told_at is not null),
  check (told_at is null or failed_at is null)
);
create index on feedback_tellings (case_id);
create trigger settled before update on feedback_tellings for each row when (old.told_at is not null or old.failed_at is not null)
  execute function refuse_change();
create trigger kept before delete or truncate on feedback_tellings execute function refuse_change();
create trigger not_by_accused before insert on feedback_tellings for each row execute function refuse_step_of_accused();
grant update (told_at, failed_at) on feedback_tellings to sanad_app;

-- A case that takes too long, and who was told of it.
create table feedback_escalations (
  case_id uuid not null references feedback_cases,
  of text not null check (of in ('acknowledge', 'resolve')),
  level int not null check (level between 1 and 3),
  -- Null: everybody who handles such cases in the programme.
  user_id uuid,
  at timestamptz not null,
  primary key (case_id, of, level)
);
create index on feedback_escalations (at);
create trigger append_only before update or delete or truncate on feedback_escalations execute function refuse_change();

-- What somebody said of a pay-out is an exception once, whether they came to us or were asked.
create table feedback_exceptions (
  payout_id uuid not null references payouts,
  kind text not null check (kind in ('not_received', 'asked_to_pay')),
  raised_by text not null check (raised_by in ('feedback', 'monitoring')),
  at timestamptz not null,
  constraint feedback_exceptions_once primary key (payout_id, kind)
);
create trigger append_only before update or delete or truncate on feedback_exceptions execute function refuse_change();

-- Cases that are closed, and what people answered afterwards, are kept for a time of their own.
alter table retention_rules drop constraint retention_rules_category_check, drop constraint retention_rules_by_programme;
alter table retention_rules
  add constraint retention_rules_category_check check (category in ('applicants', 'exited', 'staged_files', 'self_registrations', 'idempotency_answers',
    'message_references', 'feedback_cases', 'survey_answers')),
  add constraint retention_rules_by_programme check (programme_id is null or category in ('applicants', 'exited', 'staged_files', 'message_references',
    'feedback_cases', 'survey_answers'));
