import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daysOf, makeKind, makeWork, registeredBefore } from '../../../test/support/extras.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../../../test/support/fixtures.ts';
import { someDefinition } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { changeTerms } from '../../../test/support/terms.ts';
import { newId } from '../../platform/index.ts';

describe('a day of work', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let second: Client;
  let app: pg.Client;
  let scorecardId: string;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    const programme = frame.programmeId;
    [officer, second] = [await platform.as('programme_officer', { programme }), await platform.as('programme_officer', { programme })];
    app = await platform.applicationClient();
    scorecardId = newId();
    const tiers = [
      { name: 'mild', fromScore: 1 },
      { name: 'severe', fromScore: 5 },
    ];
    await platform.owner.query('insert into scorecards values ($1, $2, 1, $3, $1, now())', [
      scorecardId,
      programme,
      { ...someDefinition(), threshold: 0, tiers },
    ]);
  });
  afterAll(() => platform.close());

  interface Work {
    readonly planId: string;
    readonly siteId: string;
  }
  const person = async () => {
    const made = await makePerson(platform, frame.programmeId);
    await registeredBefore(platform, [made]);
    return made;
  };
  const enrolment = ({ id }: Person, state: string, at: string) =>
    platform.owner.query('update enrolments set state = $2, changed_at = $3 where beneficiary_id = $1', [id, state, at]);
  const found = ({ id }: Person, number: number, tier: string | null, at: string) =>
    platform.owner.query(
      `insert into assessments (scorecard_id, beneficiary_id, number, outcome, score, tier, findings, assessed_at)
      values ($1, $2, $3, $4, 9, $5, '', $6)`,
      [scorecardId, id, number, tier ? 'eligible' : 'not_eligible', tier, at],
    );
  const enter = async ({ planId, siteId }: Work, rows: readonly object[]) =>
    (await officer.post(`/v1/plans/${planId}/attendance-sheets`, { siteId, rows }).expect(201)).body;
  const sign = async (id: string) => (await second.post(`/v1/attendance-sheets/${id}/sign`).expect(200)).body;
  const codes = (body: { faults: { row: number; code: string }[] }) => body.faults.map(({ row, code }) => [row, code]);
  const owed = async (planId: string) =>
    (
      await platform.owner.query(
        `select amount::text, household_id from instalments where plan_id = $1 and state = 'due' order by covers_from, number`,
        [planId],
      )
    ).rows.map(({ amount, household_id }) => [amount, household_id]);

  it('counts by how the record stood that day, whatever it is today', async () => {
    const work = await makeWork(officer, frame);
    const [late, gone, back] = [await person(), await person(), await person()];
    await platform.owner.query(`update beneficiaries set registered_at = '2026-03-03T08:00:00Z' where id = $1`, [late.id]);
    await enrolment(gone, 'suspended', '2026-03-04T12:00:00Z');
    await enrolment(back, 'suspended', '2026-03-02T12:00:00Z');
    await enrolment(back, 'enrolled', '2026-03-05T22:59:59Z'); // a second before midnight in Algiers
    const sheet = await enter(work, [...daysOf(late, [2, 3]), ...daysOf(gone, [3, 4]), ...daysOf(back, [1, 2, 4, 5])]);
    expect(codes(sheet)).toEqual([
      [1, 'person_not_enrolled'],
      [4, 'person_not_enrolled'],
      [6, 'person_not_enrolled'],
      [7, 'person_not_enrolled'],
    ]);
    expect(sheet.rowCount).toBe(4);
    expect((await sign(sheet.id)).waiting).toEqual([]);
    expect((await owed(work.planId)).map(([amount]) => amount).sort()).toEqual(['1500.00', '1500.00', '3000.00']);
  });

  it('asks what the scorecard had found by then, and in which tier', async () => {
    const terms = { dayRate: '1500.00', startsOn: '2026-03-01', endsOn: '2026-03-28', periodDays: 7, daysPerPeriod: 6 };
    const { siteId } = await makeWork(officer, frame);
    const plan = async (work: object) => ({
      planId: await makeKind(officer, frame, 'cash_for_work', { scorecardId, work: { ...terms, ...work } }),
      siteId,
    });
    const somebody = await person();
    await found(somebody, 1, 'mild', '2026-03-03T10:00:00Z');
    await found(somebody, 2, 'severe', '2026-03-05T10:00:00Z');
    await found(somebody, 3, null, '2026-03-10T10:00:00Z');
    const rows = daysOf(somebody, [2, 3, 5, 9, 10]);
    const work = await plan({});
    const refusedOf = async (where: Work) => {
      const sheet = await enter(where, rows);
      await second.post(`/v1/attendance-sheets/${sheet.id}/reject`, { reason: 'Only looked at' }).expect(200);
      return codes(sheet);
    };
    expect(await refusedOf(work)).toEqual([
      [1, 'person_not_eligible'],
      [5, 'person_not_eligible'],
    ]);
    expect((await refusedOf(await plan({ tiers: ['severe'] }))).map(([row]) => row)).toEqual([1, 2, 5]);
    const { body: shown } = await officer.get(`/v1/plans/${work.planId}`).expect(200);
    expect(shown).toMatchObject({ scorecardId });
    const pointers = async (more: object) =>
      (
        await officer
          .post(`/v1/programmes/${frame.programmeId}/plans`, { kind: 'cash_for_work', name: newId(), purpose: 'x', ...more })
          .expect(422)
      ).body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(await pointers({ scorecardId, work: { ...terms, tiers: ['severe', 'None'] } })).toEqual(['/work/tiers/1']);
    expect(await pointers({ work: { ...terms, tiers: ['severe'] } })).toEqual(['/scorecardId']);
    expect(await pointers({ scorecardId: newId(), work: terms })).toEqual(['/scorecardId']);
  });

  it('is judged by the record that was named, and paid to the one that it has been merged into', async () => {
    const work = await makeWork(officer, frame);
    const [loser, survivor] = [await person(), await person()];
    await enrolment(survivor, 'suspended', '2026-02-01');
    await enrolment(survivor, 'enrolled', '2026-03-05T10:00:00Z');
    const merged = ['2026-03-05T12:00:00Z', loser.id];
    await platform.owner.query(
      `insert into mergers (id, loser_id, survivor_id, before, merged_by, merged_at) values ($2, $2, $3, '{}', $3, $1)`,
      [...merged, survivor.id],
    );
    await platform.owner.query(`update enrolments set state = 'merged', changed_at = $1 where beneficiary_id = $2`, merged);
    await platform.owner.query('update beneficiaries set merged_into = $1, version = version + 1 where id = $2', [survivor.id, loser.id]);
    const sheet = await enter(work, [...daysOf(loser, [2, 6]), ...daysOf(survivor, [3])]);
    expect(codes(sheet)).toEqual([[3, 'person_not_enrolled']]);
    await sign(sheet.id);
    expect(await owed(work.planId)).toEqual([['3000.00', survivor.householdId]]);
  });

  it('is paid to the household that somebody was in by the end of the period', async () => {
    const work = await makeWork(officer, frame);
    const [mover, other] = [await person(), await person()];
    await platform.owner.query('insert into household_history (beneficiary_id, household_id, until) values ($1, $2, $3)', [
      mover.id,
      other.householdId,
      '2026-03-07T23:00:00Z', // the night after the first week
    ]);
    await sign((await enter(work, daysOf(mover, [2, 9]))).id);
    expect(await owed(work.planId)).toEqual([
      ['1500.00', mover.householdId],
      ['1500.00', mover.householdId],
    ]);
    const later = await makeWork(officer, frame);
    await platform.owner.query('insert into household_history (beneficiary_id, household_id, until) values ($1, $2, $3)', [
      mover.id,
      other.householdId,
      '2026-03-07T23:00:01Z',
    ]);
    await sign((await enter(later, daysOf(mover, [3, 10]))).id);
    expect(await owed(later.planId)).toEqual([
      ['1500.00', other.householdId],
      ['1500.00', mover.householdId],
    ]);
  });

  it('waits where it comes to less than the programme pays at once, and is not taken where it would come to more', async () => {
    const place = await makeFrame(platform);
    await changeTerms(platform, place.programmeId, { kinds: [['cash_for_work', '1500', '6000']] });
    const programme = place.programmeId;
    const [maker, signer] = [await platform.as('programme_officer', { programme }), await platform.as('programme_officer', { programme })];
    const somebody = await makePerson(platform, programme);
    await registeredBefore(platform, [somebody]);
    const { planId, siteId } = await makeWork(maker, place);
    const sent = async (rows: readonly object[]) =>
      (await maker.post(`/v1/plans/${planId}/attendance-sheets`, { siteId, rows }).expect(201)).body;
    const signed = async ({ id }: { id: string }) => (await signer.post(`/v1/attendance-sheets/${id}/sign`).expect(200)).body;
    const first = await signed(await sent(daysOf(somebody, [2], 'half')));
    expect(first).toMatchObject({
      state: 'signed',
      waitingCount: 1,
      waiting: [{ row: 1, periodFrom: '2026-03-01', periodTo: '2026-03-07', amount: { amount: '750.00' }, code: 'below_least' }],
    });
    expect(await owed(planId)).toEqual([]);
    expect((await signed(await sent(daysOf(somebody, [3], 'half')))).waitingCount).toBe(0);
    expect((await owed(planId)).map(([amount]) => amount)).toEqual(['1500.00']);
    const full = await sent(daysOf(somebody, [4, 5, 6, 7]));
    expect(codes(full)).toEqual([[4, 'above_most']]);
    await signed(full);
    expect((await owed(planId)).map(([amount]) => amount)).toEqual(['6000.00']);
  });

  it('is not slipped in by plain SQL for somebody who was not enrolled or eligible then', async () => {
    const { planId, siteId } = await makeWork(officer, frame);
    const eligible = await makeKind(officer, frame, 'cash_for_work', {
      scorecardId,
      work: { dayRate: '1500.00', startsOn: '2026-03-01', endsOn: '2026-03-28', periodDays: 7, daysPerPeriod: 6 },
    });
    const attempt = async ({ id }: Person, plan: string, day: string) => {
      const sheetId = newId();
      await app.query('begin');
      try {
        await app.query(
          `insert into attendance_sheets (id, plan_id, site_id, source, content, row_count, fault_count, entered_by, entered_at)
          values ($1, $2, $3, 'rows', $4, 1, 0, $1, now())`,
          [sheetId, plan, siteId, sheetId.replaceAll('-', '').padStart(64, '0')],
        );
        await app.query(`insert into attendance values ($1, 1, $2, $3, $4, $5, 2, '2026-03-01', '2026-03-07', true)`, [
          sheetId,
          plan,
          siteId,
          id,
          day,
        ]);
      } finally {
        await app.query('rollback');
      }
    };
    const [somebody, unknown] = [await person(), await makePerson(platform, frame.programmeId)];
    await found(somebody, 1, 'mild', '2026-03-03T10:00:00Z');
    await attempt(somebody, planId, '2026-03-02');
    await attempt(somebody, eligible, '2026-03-03');
    const refused = expect.objectContaining({ constraint: 'attendance_of_the_enrolled' });
    await expect(attempt(unknown, planId, '2026-03-02')).rejects.toEqual(refused);
    await expect(attempt(somebody, eligible, '2026-03-02')).rejects.toEqual(refused);
  });
});
