import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { makeTeam, submitted } from '../../test/support/plans.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId } from '../platform/index.ts';

describe('plans in plain SQL as the application', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let app: pg.Client;
  let person: Person;
  let planId: string;
  let entitlementId: string;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    app = await platform.applicationClient();
    person = await makePerson(platform, frame.programmeId);
    planId = await plan();
    entitlementId = await entitle();
  });
  afterAll(() => platform.close());

  async function plan(overrides: Record<string, unknown> = {}): Promise<string> {
    const id = newId();
    const row = {
      id,
      programme_id: frame.programmeId,
      programme_version: 1,
      kind: 'stipend',
      name: id,
      purpose: 'rent',
      amount_rule: { rule: 'fixed', amount: '1.00' },
      currency: 'DZD',
      starts_on: '2027-01-01',
      ends_on: '2027-06-30',
      every: 'month',
      due_at: 'start',
      created_by: id,
      created_at: new Date(),
      ...overrides,
    };
    await insert('plans', row);
    return id;
  }
  const insert = (table: string, row: Record<string, unknown>) =>
    app.query(
      `insert into ${table} (${Object.keys(row).join(', ')}) select ${Object.keys(row).join(', ')}
      from jsonb_populate_record(null::${table}, $1)`,
      [row],
    );
  async function entitle(overrides: Record<string, unknown> = {}): Promise<string> {
    const id = newId();
    await insert('entitlements', {
      id,
      plan_id: planId,
      beneficiary_id: person.id,
      starts_on: '2027-01-01',
      ends_on: '2027-06-30',
      state: 'active',
      changes: 0,
      is_plain: false,
      carried: 0,
      created_at: new Date(),
      ...overrides,
    });
    return id;
  }
  let number = 0;
  async function owe(overrides: Record<string, unknown> = {}): Promise<string> {
    const id = newId();
    number += 1;
    await insert('instalments', {
      id,
      entitlement_id: entitlementId,
      number,
      plan_id: planId,
      kind: 'stipend',
      programme_id: frame.programmeId,
      beneficiary_id: person.id,
      household_id: person.householdId,
      purpose: 'rent',
      covers_from: '2027-01-01',
      covers_to: '2027-01-31',
      due_on: '2027-01-01',
      amount: '1.00',
      currency: 'DZD',
      state: 'due',
      carried: 0,
      created_at: new Date(),
      ...overrides,
    });
    return id;
  }
  const refused = (constraint: string, attempt: Promise<unknown>) => expect(attempt).rejects.toMatchObject({ constraint });
  const refusedAtAll = (attempt: Promise<unknown>) => expect(attempt).rejects.toMatchObject({ code: '42501' });
  const keep = (row: Record<string, unknown>) =>
    insert('entitlement_changes', {
      entitlement_id: entitlementId,
      number: 1,
      kind: 'suspend',
      from_day: '2027-02-01',
      acts_from: '2027-02-01',
      reason: 'As it is',
      made_by: person.id,
      made_at: new Date(),
      ...row,
    });

  it('are whole, and stay as they were made', async () => {
    await refused('plans_scheduled', plan({ kind: 'one_time_grant' }));
    await refused('plans_scheduled', plan({ every: null }));
    await refused('plans_schedule_whole', plan({ every: 'days' }));
    await refused('plans_schedule_whole', plan({ due_at: null }));
    await refused('plans_schedule_whole', plan({ starts_on: '2027-07-01' }));
    await refused('plans_amount_known', plan({ amount_rule: null }));
    await refused('plans_every_days_check', plan({ every: 'days', every_days: 367 }));
    await refusedAtAll(app.query(`update plans set ends_on = '2030-01-01' where id = $1`, [planId]));
    await refused('plans_append_only', platform.owner.query('delete from plans where id = $1', [planId]));
  });

  it('owe no day of an entitlement twice, none before its first or past its last, and none past the end of the programme', async () => {
    await owe();
    for (const days of [
      { covers_from: '2027-01-01', covers_to: '2027-01-31' },
      { covers_from: '2027-01-31', covers_to: '2027-02-03' },
      { covers_from: '2027-01-10', covers_to: '2027-01-10' },
    ])
      await refused('instalments_days_once', owe(days));
    await refused('instalments_within_entitlement', owe({ covers_from: '2027-06-01', covers_to: '2027-07-01' }));
    await refused('instalments_within_entitlement', owe({ covers_from: '2026-12-31', covers_to: '2026-12-31' }));
    const other = await plan({ starts_on: '2099-12-01', ends_on: '2100-01-31' });
    const theirs = await entitle({ plan_id: other, starts_on: '2099-12-01', ends_on: '2100-01-31' });
    await refused(
      'instalments_within_entitlement',
      owe({ plan_id: other, entitlement_id: theirs, covers_from: '2099-12-31', covers_to: '2100-01-01' }),
    );
    await refused('instalments_of_entitlement', owe({ plan_id: other, covers_from: '2027-03-01', covers_to: '2027-03-31' }));
    const march = { covers_from: '2027-03-01', covers_to: '2027-03-31' };
    await refused('instalments_plan_known', owe({ kind: 'one_time_grant', ...march }));
    await refused('instalments_plan_known', owe({ plan_id: newId(), ...march }));
    await refused('instalments_entitlement_known', owe({ entitlement_id: newId(), ...march }));
    await refused('instalments_people_known', owe({ beneficiary_id: newId(), ...march }));
    await refused('instalments_people_known', owe({ household_id: newId(), ...march }));
    await refused('instalments_of_entitlement', owe({ programme_id: newId(), ...march }));
    await refused('instalments_first_state', owe({ state: 'withdrawn', ...march }));
    await refused('instalments_amount_check', owe({ amount: '0', covers_from: '2027-03-01', covers_to: '2027-03-31' }));
    await refused('instalments_check', owe({ covers_from: '2027-03-31', covers_to: '2027-03-01' }));
    await refused('instalments_first_state', owe({ state: 'withdrawn', covers_from: '2027-03-01', covers_to: '2027-03-31' }));
  });

  it('owe no day twice when two write it at the same time', async () => {
    const [one, other] = [await platform.applicationClient(), await platform.applicationClient()];
    const row = `insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
      covers_to, due_on, amount, currency, created_at) select gen_random_uuid(), $1, $2::int, $3, 'stipend', $4, $5, $6, 'rent', '2027-05-01'::date + $2::int - 90,
      '2027-05-31', '2027-05-01', 1, 'DZD', now()`;
    const values = (n: number) => [entitlementId, n, planId, frame.programmeId, person.id, person.householdId];
    await one.query('begin');
    await one.query(row, values(90));
    const second = refused('instalments_days_once', other.query(row, values(91)));
    await one.query('commit');
    await second;
  });

  it('withdraw what is on no list, once, and nothing else of an instalment changes', async () => {
    const id = await owe({ covers_from: '2027-03-01', covers_to: '2027-03-31' });
    await app.query(`update instalments set state = 'withdrawn' where id = $1`, [id]);
    await refused('instalments_transition', app.query(`update instalments set state = 'due' where id = $1`, [id]));
    await refusedAtAll(app.query('update instalments set amount = 2 where id = $1', [id]));
    await refused('instalments_append_only', platform.owner.query('delete from instalments where id = $1', [id]));
    await owe({ covers_from: '2027-03-01', covers_to: '2027-03-31' });
    const past = await plan({ starts_on: '2026-01-01', ends_on: '2026-12-31' });
    const theirs = await entitle({ plan_id: past, starts_on: '2026-01-01', ends_on: '2026-12-31' });
    const days = { covers_from: '2026-01-01', covers_to: '2026-01-31', due_on: '2026-01-01' };
    const listed = await owe({ plan_id: past, entitlement_id: theirs, ...days });
    await submitted(await makeTeam(platform, frame), frame, past);
    await refused('instalments_withdrawn_off_lists', app.query(`update instalments set state = 'withdrawn' where id = $1`, [listed]));
  });

  it('change an entitlement by what is kept of the change', async () => {
    const commit = async (work: () => Promise<unknown>) => {
      await app.query('begin');
      try {
        await work();
        await app.query('commit');
      } catch (error) {
        await app.query('rollback');
        throw error;
      }
    };
    const set = (columns: string) => app.query(`update entitlements set ${columns} where id = $1`, [entitlementId]);
    await refused(
      'entitlements_change_kept',
      commit(() => set(`state = 'suspended'`)),
    );
    await refused(
      'entitlements_change_kept',
      commit(() => set(`ends_on = '2028-01-01'`)),
    );
    await refused(
      'entitlements_change_kept',
      commit(() => set(`state = 'suspended', changes = 1`)),
    );
    await refused('entitlement_changes_of_entitlement', keep({}));
    await refused('entitlement_changes_amount', keep({ amount: 1, currency: 'DZD' }));
    await refused('entitlement_changes_amount', keep({ kind: 'amount', amount: '1.001', currency: 'DZD' }));
    await refused('entitlement_changes_arrears', keep({ acts_from: '2027-01-15' }));
    await refused('entitlement_changes_arrears', keep({ kind: 'resume', acts_from: '2027-02-15' }));
    // A change that says something else than what the entitlement has come to.
    const both = (state: string, row: Record<string, unknown>) =>
      commit(async () => {
        await set(`state = '${state}', changes = 1`);
        await keep(row);
      });
    await refused('entitlements_change_kept', both('active', {}));
    await refused(
      'entitlements_nothing_past_end',
      commit(async () => {
        await set(`state = 'stopped', changes = 1, ends_on = '2027-01-10'`);
        await keep({ kind: 'stop', from_day: '2027-01-11', acts_from: '2027-01-11' });
      }),
    );
    await both('suspended', {});
    await refused('entitlement_changes_append_only', platform.owner.query('update entitlement_changes set from_day = now()'));
    await commit(async () => {
      await set(`state = 'stopped', changes = 2, ends_on = '2027-06-01'`);
      await keep({ number: 2, kind: 'stop', from_day: '2027-06-02', acts_from: '2027-06-02' });
    });
    await refused('entitlements_transition', set(`state = 'active'`));
    await refused('entitlements_append_only', platform.owner.query('delete from entitlements where id = $1', [entitlementId]));
    await refused('entitlements_plan_id_beneficiary_id_key', entitle());
    await refused(
      'entitlements_days_in_order',
      entitle({ beneficiary_id: (await makePerson(platform, frame.programmeId)).id, ends_on: '2026-12-30' }),
    );
  });

  it('keep what was so before, which nobody writes by hand', async () => {
    await refusedAtAll(
      app.query(`insert into enrolment_history (programme_id, beneficiary_id, state, until) values ($1, $1, 'enrolled', now())`, [newId()]),
    );
    await refusedAtAll(app.query(`insert into household_history (beneficiary_id, household_id, until) values ($1, $1, now())`, [newId()]));
    await app.query(`update enrolments set state = 'suspended', changed_at = now() where beneficiary_id = $1`, [person.id]);
    const { rows } = await platform.owner.query('select state from enrolment_history where beneficiary_id = $1', [person.id]);
    expect(rows).toEqual([{ state: 'enrolled' }]);
    await refused('enrolment_history_append_only', platform.owner.query('delete from enrolment_history'));
  });

  it('work through periods in order, one at a time, and never back', async () => {
    const begin = (n: number) =>
      app.query(
        `insert into plan_periods (plan_id, number, starts_on, ends_on, of_days, due_on, falls_due_at, began_at)
        values ($1, $2::int, '2027-01-01', '2027-01-31', 31, '2027-01-01', now(), now())`,
        [planId, n],
      );
    await refused('plan_periods_plan_id_previous_fkey', begin(2));
    await begin(1);
    await refused('plan_periods_one_at_a_time', begin(2));
    await refused(
      'plan_periods_transition',
      app.query(`update plan_periods set state = 'done', finished_at = now() where plan_id = $1`, [planId]),
    );
    await app.query(`update plan_periods set state = 'owing' where plan_id = $1`, [planId]);
    await refused('plan_periods_transition', app.query(`update plan_periods set state = 'joining' where plan_id = $1`, [planId]));
    await insert('periods_not_owed', {
      id: newId(),
      entitlement_id: entitlementId,
      period: 1,
      covers_from: '2027-01-01',
      covers_to: '2027-01-31',
      due_on: '2027-01-01',
      reason: 'suspended',
      decided_at: new Date(),
    });
    const again = insert('periods_not_owed', {
      id: newId(),
      entitlement_id: entitlementId,
      period: 1,
      covers_from: '2027-01-01',
      covers_to: '2027-01-31',
      due_on: '2027-01-01',
      reason: 'merged',
      decided_at: new Date(),
    });
    await refused('periods_not_owed_once', again);
    await refusedAtAll(app.query(`update periods_not_owed set reason = 'merged'`));
  });
});
