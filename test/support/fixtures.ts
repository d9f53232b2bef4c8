import { matchProfileRow } from '../../src/beneficiaries/match-profile.ts';
import { sealPerson } from '../../src/beneficiaries/sealing.ts';
import type { Personal } from '../../src/beneficiaries/types.ts';
import { post } from '../../src/ledger/index.ts';
import { dammDigit, Money, newId, sql } from '../../src/platform/index.ts';
import type { TestPlatform } from './platform.ts';

/** Rows that a test starts from, made with SQL so that each room is tested without the rooms that would make them. */
export interface Frame {
  readonly programmeId: string;
  readonly fundId: string;
  readonly officeId: string;
  readonly officeCode: string;
}

let counter = 0;

/** A programme in DZD with one signature, a fund that holds money, and an office in Algiers. */
export async function makeFrame(platform: TestPlatform, received = '10000000.00'): Promise<Frame> {
  counter += 1;
  const programmeId = newId();
  const fundId = newId();
  const officeId = newId();
  const officeCode = String(16_000 + counter);
  const now = platform.clock.now();
  const { owner } = platform;
  await owner.query(`insert into wilayas values ('16', 'DZ-16', 'DZ001', 'Alger', 'الجزائر', null, '1984-02-04') on conflict do nothing`);
  await owner.query(
    `with made as (
      insert into programmes (id, code, name, currency, time_zone, starts_on, ends_on, code_validity_days, hold_threshold,
        duplicate_limit, created_by, created_at)
      values ($1, $2, 'Test programme', 'DZD', 'Africa/Algiers', '2020-01-01', '2099-12-31', 60, 0.8, 0.2, $1, $3) returning id)
    insert into approval_rules select id, 1, null, 0, 1, 'approver', 1 from made`,
    [programmeId, `TEST-${counter}`, now],
  );
  await owner.query(
    `insert into funds (id, programme_id, donor, agreement, currency, created_by, created_at)
    values ($1, $2, 'Test donor', 'AG-1', 'DZD', $1, $3)`,
    [fundId, programmeId, now],
  );
  await owner.query(
    `insert into offices (id, code, wilaya_number, commune, name_fr, name_ar, created_by, created_at)
    values ($1, $2, '16', 'Alger Centre', 'Grande Poste', 'البريد المركزي', $1, $3)`,
    [officeId, officeCode, now],
  );
  await receive(platform, { programmeId, fundId }, received);
  return { programmeId, fundId, officeId, officeCode };
}

/** Money received into a fund: the contribution and its posting. */
export async function receive(
  platform: TestPlatform,
  { programmeId, fundId }: Pick<Frame, 'programmeId' | 'fundId'>,
  amount: string,
): Promise<void> {
  const id = newId();
  const now = platform.clock.now();
  await platform.app.database.transaction(async (tx) => {
    await tx.insert('contributions', [
      { id, fund_id: fundId, amount, currency: 'DZD', received_on: '2026-01-01', reference: id, recorded_by: newId(), recorded_at: now },
    ]);
    await post(tx, now, [
      { event: 'contribution', programmeId, fundId, subject: { type: 'contribution', id }, amount: Money.of(amount, 'DZD') },
    ]);
  });
}

export interface Person {
  readonly id: string;
  readonly householdId: string;
  readonly registrationNumber: string;
  readonly personal: Personal;
}

/** Enrols a person with both consents, whom nobody has to compare. Each call makes somebody else, unless told otherwise. */
export async function makePerson(
  platform: TestPlatform,
  programmeId: string,
  overrides: Partial<Personal> = {},
  householdId?: string,
): Promise<Person> {
  counter += 1;
  const id = newId();
  const household = householdId ?? newId();
  const now = platform.clock.now();
  const digits = String(100_000_000 + counter);
  const registrationNumber = digits + dammDigit(digits);
  const personal: Personal = {
    names: { given: `Amina ${counter}`, family: 'Benali' },
    birth: { from: '1990-05-04', to: '1990-05-04', precision: 'exact' },
    nationality: 'MLI',
    documents: [{ type: 'passport', number: `P${1_000_000 + counter}`, issuingCountry: 'MLI' }],
    phones: [`+2135${String(10_000_000 + counter)}`],
    answers: { incomeChange: 'lost', unpaidRentMonths: 2, mealsPerDay: 1 },
    ...overrides,
  };
  await platform.app.database.transaction(async (tx) => {
    if (!householdId)
      await tx.insert('households', [{ id: household, programme_id: programmeId, reference: household, size: 1, created_at: now }]);
    await tx.insert('beneficiaries', [
      {
        id,
        registration_number: registrationNumber,
        household_id: household,
        relationship: householdId ? 'other' : 'head',
        sex: 'female',
        language: 'fr',
        wilaya_number: '16',
        commune: 'Alger Centre',
        ...sealPerson(platform.app.keyRing, id, personal),
        registered_by: newId(),
        registered_at: now,
      },
    ]);
    const home = { wilayaNumber: '16', commune: 'Alger Centre' };
    const compared = { ...personal, sex: 'female' as const, household: { reference: household } };
    await tx.insert('match_profiles', [matchProfileRow(platform.app.keyRing, programmeId, id, compared, home)]);
    await tx.run(sql`delete from comparisons_due where beneficiary_id = ${id}`);
    await tx.insert('enrolments', [
      { programme_id: programmeId, beneficiary_id: id, state: 'enrolled', entered_by: newId(), changed_at: now },
    ]);
    await tx.insert(
      'consents',
      (['registration', 'share_with_paying_agent'] as const).map((purpose) => ({
        id: newId(),
        beneficiary_id: id,
        purpose,
        legal_basis: 'consent',
        method: 'signature',
        given_on: '2026-01-01',
        recorded_by: newId(),
        recorded_at: now,
      })),
    );
  });
  return { id, householdId: household, registrationNumber, personal };
}

/** Makes a household another size. */
export async function resizeHousehold({ owner }: TestPlatform, householdId: string, size: number, at = new Date()): Promise<void> {
  await owner.query(
    `with resized as (
      update households h set size = $2, version = h.version + 1 from households before
      where h.id = $1 and before.id = h.id returning h.id, h.version, before.size as size_before, h.size, h.head_id)
    insert into household_changes
    select id, version, size_before, size, head_id, head_id, 'Counted again', gen_random_uuid(), $3 from resized`,
    [householdId, size, at],
  );
}
