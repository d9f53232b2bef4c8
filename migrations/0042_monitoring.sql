-- What people say by telephone after they were paid.
create table survey_rounds (
  id uuid primary key,
  programme_id uuid not null references programmes,
  name text not null check (length(name) between 1 and 100),
  -- Whom it is about: everybody who was paid from one day to another, of one list where one is named.
  list_id uuid references payment_lists,
  from_on date not null,
  to_on date not null check (to_on >= from_on),
  confidence numeric not null check (confidence in (0.90, 0.95, 0.99)),
  margin numeric not null check (margin between 0.01 and 0.20),
  stratify_by text[] not null check (stratify_by <@ array['wilaya', 'sex']),
  -- The fewest that are asked in one stratum, or all of it where it has no more.
  minimum int not null check (minimum between 1 and 200),
  questionnaire jsonb not null,
  state text not null default 'planned' check (state in ('planned', 'drawn', 'closed', 'cancelled')),
  -- By this anybody can draw the same sample again.
  seed bytea check (length(seed) = 32),
  population int check (population > 0),
  sample int check (sample > 0 and sample <= population),
  -- Whether these may be told: where they, beside those of earlier rounds of the same days, give back no handful of people.
  counts_shown boolean,
  -- What was found out, as it was told when the round was closed; it outlives the answers.
  results jsonb,
  created_by uuid not null,
  created_at timestamptz not null,
  drawn_by uuid,
  drawn_at timestamptz,
  -- When it was closed or cancelled.
  closed_at timestamptz,
  check (num_nonnulls(seed, population, sample, counts_shown, drawn_by, drawn_at) = case when drawn_at is null then 0 else 6 end),
  check (state = 'cancelled' or (state = 'planned') = (drawn_at is null)),
  check ((state in ('closed', 'cancelled')) = (closed_at is not null) and (state = 'closed') = (results is not null)),
  constraint survey_rounds_no_handful check (population >= 10 or not counts_shown)
);
create index on survey_rounds (programme_id, id);
create trigger first_state before insert on survey_rounds for each row execute function refuse_other_first_state('planned');
create trigger transition before update of state on survey_rounds for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('planned>drawn', 'drawn>closed', 'planned>cancelled', 'drawn>cancelled');
create trigger kept before delete or truncate on survey_rounds execute function refuse_change();
grant update (state, seed, population, sample, counts_shown, results, drawn_by, drawn_at, closed_at) on survey_rounds to sanad_app;
create function refuse_second_draw() returns trigger language plpgsql as $$
begin
  if old.seed is not null and row (new.seed, new.population, new.sample, new.counts_shown, new.drawn_by, new.drawn_at)
      is distinct from row (old.seed, old.population, old.sample, old.counts_shown, old.drawn_by, old.drawn_at)
    or old.results is not null and new.results is distinct from old.results then
    perform refuse('survey_rounds_drawn_once', 'a sample is drawn once', 'survey_rounds');
  end if;
  return new;
end $$;
create trigger drawn_once before update on survey_rounds for each row execute function refuse_second_draw();
-- A day is asked about in one round at a time: of two that are under way, the one that pleases could be kept.
create function refuse_second_open_round() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('survey/' || new.programme_id, 0));
  if exists (select from survey_rounds r where r.programme_id = new.programme_id and r.id <> new.id and r.state in ('planned', 'drawn')
      and r.from_on <= new.to_on and r.to_on >= new.from_on) then
    perform refuse('survey_rounds_one_open', 'these days are asked about in another round that is open', 'survey_rounds');
  end if;
  return null;
end $$;
create trigger one_open after insert or update of programme_id, from_on, to_on on survey_rounds
  for each row execute function refuse_second_open_round();

create table survey_strata (
  round_id uuid not null references survey_rounds,
  -- 'all', or what it is made of: '16', 'female', '16/female'; 'rest' are those in groups too small to be told of.
  stratum text not null,
  population int not null check (population > 0),
  sample int not null check (sample > 0 and sample <= population),
  primary key (round_id, stratum)
);
create trigger append_only before update or delete or truncate on survey_strata execute function refuse_change();

-- Everybody whom a round is about, in the random order of their stratum. The first are asked; the next stand in for who does not answer.
create table survey_frame (
  round_id uuid not null,
  stratum text not null,
  rank int not null check (rank > 0),
  beneficiary_id uuid not null,
  payout_id uuid not null,
  wilaya_number text not null,
  sex text not null,
  age_band text not null,
  has_disability boolean not null,
  primary key (round_id, stratum, rank),
  -- Who is kept is written down first, and the strata are counted from it.
  foreign key (round_id, stratum) references survey_strata deferrable initially deferred,
  constraint survey_frame_once unique (round_id, beneficiary_id)
);
create trigger append_only before update or delete or truncate on survey_frame execute function refuse_change();

create table survey_interviews (
  id uuid primary key,
  round_id uuid not null references survey_rounds,
  stratum text not null,
  rank int not null,
  beneficiary_id uuid not null references beneficiaries,
  payout_id uuid not null references payouts,
  -- Whom it stands in for.
  replaces uuid unique references survey_interviews,
  interviewer_id uuid,
  state text not null default 'drawn' check (state in ('drawn', 'done', 'no_response')),
  reason text check (reason in ('no_answer', 'wrong_number', 'no_phone', 'refused', 'cannot_answer', 'deceased', 'erased')),
  -- What was answered by choosing, by question; what was said in words is sealed under the person's own key.
  answers jsonb,
  words bytea,
  ended_at timestamptz,
  forgotten_at timestamptz,
  foreign key (round_id, stratum, rank) references survey_frame,
  constraint survey_interviews_once unique (round_id, stratum, rank),
  check ((state = 'no_response') = (reason is not null)),
  check ((state = 'drawn') = (ended_at is null)),
  check (state = 'done' or num_nonnulls(answers, words) = 0),
  check (state <> 'done' or interviewer_id is not null),
  check (state <> 'done' or (answers is null) = (forgotten_at is not null)),
  check (forgotten_at is null or words is null)
);
create index on survey_interviews (round_id, id);
create index on survey_interviews (interviewer_id, round_id, id) where interviewer_id is not null;
create index on survey_interviews (beneficiary_id);
create trigger first_state before insert on survey_interviews for each row execute function refuse_other_first_state('drawn');
create trigger transition before update of state on survey_interviews for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('drawn>done', 'drawn>no_response');
create trigger kept before delete or truncate on survey_interviews execute function refuse_change();
grant update (interviewer_id, state, reason, answers, words, ended_at, forgotten_at) on survey_interviews to sanad_app;

-- Nobody is passed over: a stratum is asked in its order, and each row is the person of its place.
create function refuse_out_of_order() returns trigger language plpgsql as $$
begin
  if new.rank > 1 and not exists (select from survey_interviews i
      where i.round_id = new.round_id and i.stratum = new.stratum and i.rank = new.rank - 1)
    or not exists (select from survey_frame f where f.round_id = new.round_id and f.stratum = new.stratum and f.rank = new.rank
      and f.beneficiary_id = new.beneficiary_id and f.payout_id = new.payout_id) then
    perform refuse('survey_interviews_in_order', 'people are asked in the order that was drawn', 'survey_interviews');
  end if;
  return null;
end $$;
create trigger in_order after insert on survey_interviews for each row execute function refuse_out_of_order();

-- What was answered stands, until it is forgotten.
create function refuse_other_answers() returns trigger language plpgsql as $$
begin
  if old.state <> 'drawn' and (new.answers is not null and new.answers is distinct from old.answers
      or new.words is not null and new.words is distinct from old.words or new.interviewer_id is distinct from old.interviewer_id) then
    perform refuse('survey_interviews_stand', 'what was answered stands', 'survey_interviews');
  end if;
  return new;
end $$;
create trigger stand before update on survey_interviews for each row execute function refuse_other_answers();

-- Nobody asks whom they paid, brought in or vouched for, or had on a list of theirs.
create function refuse_own_interview() returns trigger language plpgsql as $$
begin
  if exists (select from payouts p join vouchers v on v.id = p.voucher_id where p.id = new.payout_id
      and (new.interviewer_id in (p.agent_id, p.voided_by)
        or exists (select from payment_list_hands h where h.list_id = v.list_id and new.interviewer_id in (h.user_id, h.for_user_id))))
    or exists (select from enrolments e where e.beneficiary_id = new.beneficiary_id and new.interviewer_id in (e.entered_by, e.verified_by)) then
    perform refuse('survey_interviews_by_another', 'nobody asks whom they paid or brought in', 'survey_interviews');
  end if;
  return new;
end $$;
create trigger by_another before insert or update of interviewer_id on survey_interviews for each row when (new.interviewer_id is not null)
  execute function refuse_own_interview();
