create table households (
  id uuid primary key,
  programme_id uuid not null references programmes,
  -- How the field office names the household; unique where it registered it.
  reference text not null,
  size int not null check (size between 1 and 60),
  created_at timestamptz not null,
  unique (programme_id, reference)
);

-- What names a person is sealed under a key of their own, which is wrapped by the master key. Destroying that key erases them.
create table beneficiaries (
  id uuid primary key,
  registration_number text not null unique check (registration_number ~ '^[0-9]{10}$'),
  household_id uuid not null references households,
  relationship text not null check (relationship in ('head', 'spouse', 'child', 'other')),
  sex text not null check (sex in ('female', 'male', 'other')),
  language text not null check (language in ('ar', 'fr', 'en')),
  wilaya_number text not null references wilayas,
  commune text not null,
  data_key bytea,
  names bytea,
  birth bytea,
  nationality bytea,
  documents bytea,
  phones bytea,
  answers bytea, -- to the vulnerability questions
  merged_into uuid references beneficiaries check (merged_into <> id),
  version int not null default 1,
  registered_by uuid not null,
  registered_at timestamptz not null
);
create index on beneficiaries (household_id);
grant update (relationship, language, wilaya_number, commune, household_id, sex, data_key, names, birth, nationality, documents, phones,
  answers, merged_into, version) on beneficiaries to sanad_app;

create table enrolments (
  programme_id uuid not null references programmes,
  beneficiary_id uuid not null references beneficiaries,
  state text not null check (state in ('applicant', 'enrolled', 'suspended', 'exited', 'merged')),
  entered_by uuid not null,
  -- Who confirmed that the person is who they say; never who entered them.
  verified_by uuid,
  changed_at timestamptz not null,
  primary key (programme_id, beneficiary_id),
  constraint enrolments_verified_by_another check (verified_by <> entered_by)
);
create index on enrolments (beneficiary_id);
create trigger transition before update of state on enrolments for each row execute function refuse_forbidden_transition
  ('applicant>enrolled', 'enrolled>suspended', 'suspended>enrolled', 'enrolled>exited', 'suspended>exited', 'applicant>exited',
   'applicant>merged', 'enrolled>merged', 'suspended>merged');
create trigger first_state before insert on enrolments for each row execute function refuse_other_first_state('applicant', 'enrolled');
grant update (state, verified_by, changed_at) on enrolments to sanad_app;

-- Keyed fingerprints by which a person is found without being readable.
create table beneficiary_indexes (
  kind text not null check (kind in ('document', 'phone', 'birth')),
  value bytea not null,
  beneficiary_id uuid not null references beneficiaries,
  primary key (kind, value, beneficiary_id)
);
create index on beneficiary_indexes (beneficiary_id);
grant delete on beneficiary_indexes to sanad_app;

create table consents (
  id uuid primary key,
  beneficiary_id uuid not null references beneficiaries,
  purpose text not null check (purpose in ('registration', 'share_with_paying_agent')),
  legal_basis text not null check (legal_basis in ('consent', 'vital_interest', 'public_interest')),
  method text not null check (method in ('signature', 'audio', 'scan', 'witnessed_verbal')),
  given_on date not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  withdrawn_at timestamptz check (withdrawn_at >= recorded_at)
);
create unique index consents_one_standing on consents (beneficiary_id, purpose) where withdrawn_at is null;
grant update (withdrawn_at) on consents to sanad_app;

create table registration_files (
  id uuid primary key,
  programme_id uuid not null references programmes,
  -- Keyed digest of the bytes: the same file is recognised, and nothing about it can be guessed.
  content_index bytea not null,
  content bytea not null, -- sealed
  state text not null default 'received' check (state in ('received', 'running', 'done', 'stopped')),
  total_rows int not null check (total_rows >= 0),
  done_rows int not null default 0,
  accepted_rows int not null default 0,
  refused_rows int not null default 0,
  duplicate_rows int not null default 0,
  uploaded_by uuid not null,
  uploaded_at timestamptz not null,
  finished_at timestamptz,
  check (done_rows = accepted_rows + refused_rows and done_rows <= total_rows),
  unique (programme_id, content_index)
);
create trigger transition before update of state on registration_files for each row execute function refuse_forbidden_transition
  ('received>running', 'running>running', 'running>done', 'running>stopped', 'received>done', 'received>stopped');
grant update (state, done_rows, accepted_rows, refused_rows, duplicate_rows, finished_at) on registration_files to sanad_app;

-- What became of each row of a file; a row that was taken is never taken again.
create table registration_rows (
  file_id uuid not null references registration_files,
  row_number int not null check (row_number > 0),
  beneficiary_id uuid unique references beneficiaries,
  -- [{"cell", "code"}]; never the value of the cell
  reasons jsonb not null default '[]',
  primary key (file_id, row_number),
  check ((beneficiary_id is null) = (jsonb_array_length(reasons) > 0))
);
create trigger append_only before update or delete or truncate on registration_rows execute function refuse_change();

-- Two people who may be one. The pair is ordered, so that it is stored, decided and remembered once.
create table duplicate_pairs (
  first_id uuid not null references beneficiaries,
  second_id uuid not null references beneficiaries,
  score numeric not null check (score between 0 and 1),
  -- [{"field", "level", "weight"}]; never the values
  evidence jsonb not null,
  -- Superseded: one of the two was merged into a third record, which has taken its pairs over.
  state text not null default 'open' check (state in ('open', 'same_person', 'different_people', 'needs_information', 'superseded')),
  reason text,
  decided_by uuid,
  decided_at timestamptz,
  found_at timestamptz not null,
  version int not null default 1,
  primary key (first_id, second_id),
  constraint duplicate_pairs_ordered check (first_id < second_id),
  constraint duplicate_pairs_decision_has_reason check ((state = 'open') = (decided_by is null) and (state = 'open') = (reason is null))
);
create index on duplicate_pairs (second_id);
create index duplicate_pairs_open on duplicate_pairs (score desc) where state in ('open', 'needs_information');
create trigger transition before update of state on duplicate_pairs for each row execute function refuse_forbidden_transition
  ('open>same_person', 'open>different_people', 'open>needs_information', 'needs_information>same_person',
   'needs_information>different_people', 'different_people>open', 'needs_information>open', 'needs_information>needs_information', 'open>open',
   'open>superseded', 'needs_information>superseded');
create trigger first_state before insert on duplicate_pairs for each row execute function refuse_other_first_state('open');
grant update (score, evidence, state, reason, decided_by, decided_at, version) on duplicate_pairs to sanad_app;

-- Who qualifies, as a version that never changes.
create table scorecards (
  id uuid primary key,
  programme_id uuid not null references programmes,
  version int not null check (version > 0),
  definition jsonb not null,
  created_by uuid not null,
  created_at timestamptz not null,
  unique (programme_id, version)
);
create trigger append_only before update or delete or truncate on scorecards execute function refuse_change();

create table assessments (
  scorecard_id uuid not null references scorecards,
  beneficiary_id uuid not null references beneficiaries,
  is_eligible boolean not null,
  score int not null,
  -- What each condition and each rule of points came to, by name. They tell of health and worse: sealed under the person's own key.
  lines bytea not null,
  assessed_at timestamptz not null,
  primary key (scorecard_id, beneficiary_id)
);
create trigger append_only before update or delete or truncate on assessments execute function refuse_change();
