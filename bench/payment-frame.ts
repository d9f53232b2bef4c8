import type pg from 'pg';
import { system } from '../src/access/system.ts';
import { sealPerson } from '../src/beneficiaries/sealing.ts';
import { dammDigit, type KeyRing, newId } from '../src/platform/index.ts';
import { signIn } from './enrolment-frame.ts';
import { home } from './people/registration-file.ts';

/** A programme with money, whose people are owed a grant each. */
export interface PaymentFrame {
  readonly programmeId: string;
  readonly fundId: string;
  /** Session tokens of a programme officer, an approver and a finance officer. */
  readonly maker: string;
  readonly approver: string;
  readonly finance: string;
}

const AMOUNT = '15000.00';
const CHUNK = 5_000;
const wilayas = ['16', '31', '25', '30', '09'];

/** A programme in DZD with one signature and one fund, and who signs there. */
export async function makePaymentFrame(client: pg.Client): Promise<PaymentFrame> {
  const [programmeId, fundId] = [newId(), newId()];
  for (const number of wilayas) {
    await client.query('insert into wilayas values ($1, $2, null, $3, $3, null, $4) on conflict do nothing', [
      number,
      `DZ-${number}`,
      home.wilaya,
      '1984-02-04',
    ]);
  }
  await client.query(
    `with made as (
      insert into programmes (id, code, name, currency, time_zone, starts_on, ends_on, code_validity_days, hold_threshold, duplicate_limit,
        created_by, created_at)
      values ($1, 'BENCH-PAY', 'Bench', 'DZD', 'Africa/Algiers', '2020-01-01', '2099-12-31', 60, 0.8, 1, $1, now()) returning id)
    insert into approval_rules select id, 1, null, 0, 1, 'approver', 1 from made`,
    [programmeId],
  );
  await client.query(
    `insert into funds (id, programme_id, donor, agreement, currency, created_by, created_at) values ($1, $2, 'Donor', 'AG', 'DZD', $2, now())`,
    [fundId, programmeId],
  );
  const [maker, approver, finance] = [
    await signIn(client, programmeId, 'programme_officer'),
    await signIn(client, programmeId, 'approver'),
    await signIn(client, programmeId, 'finance_officer'),
  ];
  return { programmeId, fundId, maker, approver, finance };
}

let made = 0;

/**
 * Enrols so many people with both consents and owes each of them a grant, past the commands that would take hours to do it: sealed as these
 * seal, written ready-made.
 * @returns the plan that owes the grants
 */
export async function oweGrants(client: pg.Client, keyRing: KeyRing, { programmeId }: PaymentFrame, people: number): Promise<string> {
  const [planId, scorecardId] = [newId(), newId()];
  await client.query('begin');
  await client.query('set local session_replication_role = replica');
  await client.query(
    `insert into scorecards (id, programme_id, version, definition, created_by, created_at) values ($1, $2, $3, '{}', $4, now())`,
    [scorecardId, programmeId, made + 1, system.id],
  );
  await client.query(
    `insert into plans (id, programme_id, programme_version, kind, name, purpose, amount_rule, currency, due_on, scorecard_id, created_by, created_at)
    values ($1, $2, 1, 'one_time_grant', $1::uuid::text, $1::uuid::text, $3, 'DZD', '2026-01-01', $4, $5, now())`,
    [planId, programmeId, { rule: 'fixed', amount: AMOUNT }, scorecardId, system.id],
  );
  for (let from = 0; from < people; from += CHUNK) {
    const some = Array.from({ length: Math.min(CHUNK, people - from) }, () => sealed(keyRing));
    await client.query(
      `create temporary table people on commit drop as
      select gen_random_uuid() as household, gen_random_uuid() as entitlement, p.*
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::bytea[])
        as p (id, number, sex, wilaya, data_key, birth, answers)`,
      [
        some.map(({ id }) => id),
        some.map(({ number }) => number),
        some.map(({ sex }) => sex),
        some.map(({ wilaya }) => wilaya),
        some.map(({ data_key }) => data_key),
        some.map(({ birth }) => birth),
        some.map(({ answers }) => answers),
      ],
    );
    await client.query(
      'insert into households (id, programme_id, reference, size, created_at) select household, $1, household::text, 1, now() from people',
      [programmeId],
    );
    await client.query(
      `insert into beneficiaries (id, registration_number, household_id, relationship, sex, language, wilaya_number, commune, data_key, birth, answers,
        registered_by, registered_at)
      select id, number, household, 'head', sex, 'fr', wilaya, 'Alger', data_key, birth, answers, $1, now() from people`,
      [system.id],
    );
    await client.query(
      `insert into enrolments (programme_id, beneficiary_id, state, entered_by, changed_at) select $1, id, 'enrolled', $2, now() from people`,
      [programmeId, system.id],
    );
    await client.query(
      `insert into consents (id, beneficiary_id, purpose, legal_basis, method, given_on, recorded_by, recorded_at)
      select gen_random_uuid(), id, purpose, 'consent', 'signature', '2026-01-01', $1, now()
      from people cross join unnest(array['registration', 'share_with_paying_agent', 'contact']) as purpose`,
      [system.id],
    );
    await client.query('insert into entitlements (id, plan_id, beneficiary_id, created_at) select entitlement, $1, id, now() from people', [
      planId,
    ]);
    await client.query(
      `insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from, covers_to,
        due_on, amount, currency, created_at)
      select gen_random_uuid(), entitlement, 1, $1, 'one_time_grant', $2, id, household, $1::uuid::text, '2026-01-01', '2026-01-31', '2026-01-01',
        ${AMOUNT}, 'DZD', now() from people`,
      [planId, programmeId],
    );
    await client.query('drop table people');
  }
  await client.query('commit');
  await client.query('vacuum analyze beneficiaries, households, enrolments, consents, entitlements, instalments');
  return planId;
}

/** What is opened of somebody when a list is built. */
function sealed(keyRing: KeyRing) {
  made += 1;
  const digits = String(100_000_000 + made);
  const [id, born] = [newId(), `${1950 + (made % 55)}-0${1 + (made % 9)}-15`];
  const person = sealPerson(keyRing, id, {
    names: { asWritten: 'Bench' },
    birth: { from: born, to: born, precision: 'exact' },
    nationality: 'MLI',
    documents: [],
    phones: [],
    answers: { seeing: 'no_difficulty', walking: made % 20 === 0 ? 'cannot_do' : 'no_difficulty' },
  } as unknown as Parameters<typeof sealPerson>[2]);
  return {
    ...person,
    id,
    number: digits + dammDigit(digits),
    sex: made % 2 ? 'female' : 'male',
    wilaya: wilayas[made % wilayas.length],
  };
}
