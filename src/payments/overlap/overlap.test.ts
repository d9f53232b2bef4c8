import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../../test/support/fixtures.ts';
import { approved, type ListBody, makePlan, makeTeam, submitted, type Team } from '../../../test/support/plans.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { changeTerms } from '../../../test/support/terms.ts';
import { newId } from '../../platform/index.ts';
import { purposeKey, purposeRule } from '../../programmes/index.ts';

type Days = readonly [first: string, last: string];
interface LeftOut {
  readonly beneficiaryId: string;
  readonly reason: string;
  readonly detail: unknown;
}

describe('paying for the same twice', () => {
  let platform: TestPlatform;
  let one: Frame;
  let other: Frame;
  let team: Team;
  let others: Team;
  beforeAll(async () => {
    platform = await startPlatform();
    one = await makeFrame(platform);
    other = await makeFrame(platform);
    team = await makeTeam(platform, one);
    others = await makeTeam(platform, other);
  });
  afterAll(() => platform.close());

  /** Somebody enrolled in both programmes. */
  async function inBoth(householdId?: string): Promise<Person> {
    const person = await makePerson(platform, one.programmeId, {}, householdId);
    await platform.owner.query(
      `insert into enrolments (programme_id, beneficiary_id, state, entered_by, changed_at) values ($1, $2, 'enrolled', $1, now())`,
      [other.programmeId, person.id],
    );
    return person;
  }
  const plan = (frame: Frame, people: readonly Person[], purpose: string, days?: Days, amount = '100.00') =>
    makePlan(platform, frame, people, amount, purpose, days);
  const preview = async ({ maker }: Pick<Team, 'maker'>, { programmeId, fundId }: Frame, planId: string): Promise<LeftOut[]> => {
    const body = { planIds: [planId], fundIds: [fundId] };
    return (await maker.post(`/v1/programmes/${programmeId}/payment-lists/preview`, body).expect(200)).body.leftOutPeople;
  };
  const release = ({ finance }: Team, { id, digest }: ListBody) => finance.post(`/v1/payment-lists/${id}/release`, { digest });
  const linesOf = async ({ finance }: Team, { id }: ListBody) => {
    await platform.settled();
    return (await finance.get(`/v1/payment-lists/${id}/lines`).expect(200)).body.items as {
      state: string;
      returnReason: string;
      returnDetail: unknown;
    }[];
  };
  /** Builds and approves a list in the other programme while it lets payments overlap, under terms that refuse it again. */
  async function approvedInSpite(
    planId: string,
    purpose: string,
    rule: readonly [string, string, string] = ['refuse', 'programmes', 'household'],
  ) {
    await changeTerms(platform, other.programmeId, { purposes: [[purpose, 'allow', 'programme', 'person', 30]] });
    const { programmeId, fundId } = other;
    const body = { name: newId(), planIds: [planId], fundIds: [fundId] };
    const built = (await others.maker.post(`/v1/programmes/${programmeId}/payment-lists`, body).expect(201)).body;
    await platform.settled();
    await changeTerms(platform, programmeId, { purposes: [[purpose, ...rule, 30]] });
    const { digest } = (await others.maker.post(`/v1/payment-lists/${built.id}/submit`).expect(200)).body;
    return (await others.approver.post(`/v1/payment-lists/${built.id}/approve`, { digest }).expect(200)).body as ListBody;
  }

  it('is refused across programmes, with the other one named to who may know it alone', async () => {
    const person = await inBoth();
    await submitted(team, one, await plan(one, [person], 'food'));
    const planId = await plan(other, [person], ' Food');
    expect(await preview(others, other, planId)).toMatchObject([
      { beneficiaryId: person.id, reason: 'overlap', detail: { programme: null } },
    ]);
    const known = await platform.as('programme_officer');
    const { rows } = await platform.owner.query('select code from programmes where id = $1', [one.programmeId]);
    expect(await preview({ maker: known }, other, planId)).toMatchObject([
      { detail: { programme: { id: one.programmeId, code: rows[0].code } } },
    ]);
    const { programmeId, fundId } = other;
    const body = { name: 'Twice', planIds: [planId], fundIds: [fundId] };
    const refused = await others.maker.post(`/v1/programmes/${programmeId}/payment-lists`, body).expect(422);
    expect(refused.body).toMatchObject({ code: 'nothing_to_pay', overlap: 1 });
    expect(JSON.stringify(refused.body)).not.toContain(rows[0].code);
  });

  it('is no such thing for other days, another purpose, or after the first was cancelled', async () => {
    const person = await inBoth();
    const first = await submitted(team, one, await plan(one, [person], 'rent', ['2026-02-01', '2026-02-28']));
    const reasons = async (purpose: string, days: Days) =>
      (await preview(others, other, await plan(other, [person], purpose, days))).map(({ reason }) => reason);
    expect(await reasons('rent', ['2026-03-01', '2026-03-31'])).toEqual([]);
    expect(await reasons('rent', ['2026-01-01', '2026-01-31'])).toEqual([]);
    expect(await reasons('school', ['2026-02-01', '2026-02-28'])).toEqual([]);
    for (const days of [
      ['2026-02-28', '2026-03-31'],
      ['2026-01-01', '2026-02-01'],
      ['2026-02-10', '2026-02-11'],
      ['2026-01-01', '2026-12-31'],
    ] as const) {
      expect(await reasons('rent', days), days.join()).toEqual(['overlap']);
    }
    await team.maker.post(`/v1/payment-lists/${first.id}/cancel`, { reason: 'Enough' }).expect(200);
    expect(await reasons('rent', ['2026-02-10', '2026-02-11'])).toEqual([]);
  });

  it('goes by person or household, and by programme or all, as the purpose says', async () => {
    const head = await inBoth();
    const child = await inBoth(head.householdId);
    await submitted(team, one, await plan(one, [head], 'water'));
    const ofHead = await plan(other, [head], 'water');
    const ofChild = await plan(other, [child], 'water');
    const reasons = async (...rule: readonly [string, string, string]) => {
      await changeTerms(platform, other.programmeId, { purposes: [['WATER', ...rule, 30]] });
      const found = [...(await preview(others, other, ofHead)), ...(await preview(others, other, ofChild))];
      return found.map(({ beneficiaryId }) => (beneficiaryId === head.id ? 'head' : 'child'));
    };
    expect(await reasons('refuse', 'programmes', 'household')).toEqual(['head', 'child']);
    expect(await reasons('refuse', 'programmes', 'person')).toEqual(['head']);
    expect(await reasons('refuse', 'programme', 'household')).toEqual([]);
    expect(await reasons('allow', 'programmes', 'household')).toEqual([]);
    await changeTerms(platform, other.programmeId, { purposes: [['water', 'refuse', 'programme', 'household', 30]] });
    await submitted(others, other, ofHead);
    expect(await preview(others, other, ofChild)).toMatchObject([
      { beneficiaryId: child.id, detail: { programme: { id: other.programmeId } } },
    ]);
    await changeTerms(platform, other.programmeId, { purposes: [] });
  });

  it('is neither the rest of what one entitlement owes, nor a top-up of what it tops up', async () => {
    const person = await inBoth();
    const [spread, source, topUp] = [
      await plan(one, [person], 'tools'),
      await plan(one, [person], 'spades'),
      await plan(one, [person], 'spades'),
    ];
    await platform.owner.query('begin');
    await platform.owner.query('set local session_replication_role = replica');
    await platform.owner.query(
      `update instalments set kind = 'top_up', top_up_reason = 'winter', tops_up_id = (select id from instalments where plan_id = $2) where plan_id = $1`,
      [topUp, source],
    );
    await platform.owner.query(
      `insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from, covers_to,
        due_on, amount, currency, created_at)
      select $2, entitlement_id, 2, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from, covers_to, due_on, amount,
        currency, created_at from instalments where plan_id = $1`,
      [spread, newId()],
    );
    await platform.owner.query('commit');
    expect((await submitted(team, one, spread)).lineCount).toBe(2);
    await release(team, await approved(team, one, source)).expect(200);
    expect(await preview(team, one, topUp)).toEqual([]);
    const third = await plan(one, [person], 'spades');
    expect(await preview(team, one, third)).toMatchObject([{ reason: 'overlap' }]);
  });

  it('does not come about within one list, be it by overlap or by a limit', async () => {
    const head = await inBoth();
    const child = await inBoth(head.householdId);
    const planId = await plan(one, [head, child], 'fuel');
    expect(await preview(team, one, planId)).toMatchObject([{ reason: 'overlap', detail: { programme: { id: one.programmeId } } }]);
    expect((await submitted(team, one, planId)).lineCount).toBe(1);
    await changeTerms(platform, one.programmeId, { limits: [['household', 'month', '250.00']] });
    const people = [await inBoth(), await inBoth()];
    const [first] = people;
    const both = [await plan(one, people, 'a', undefined, '150.00'), await plan(one, first ? [first] : [], 'b', undefined, '150.00')];
    const { programmeId, fundId } = one;
    const body = { planIds: both, fundIds: [fundId] };
    const answer = await team.maker.post(`/v1/programmes/${programmeId}/payment-lists/preview`, body).expect(200);
    expect(answer.body).toMatchObject({ lines: 2, total: { amount: '300.00' } });
    expect(answer.body.leftOutPeople).toMatchObject([
      {
        beneficiaryId: first?.id,
        reason: 'limit_household',
        detail: { limit: { amount: { amount: '250.00' }, used: { amount: '150.00' } } },
      },
    ]);
    await changeTerms(platform, one.programmeId, { limits: [] });
  });

  it('counts merged records as one person', async () => {
    const [loser, survivor] = [await inBoth(), await inBoth()];
    await submitted(team, one, await plan(one, [loser], 'clothes'));
    const planId = await plan(other, [survivor], 'clothes');
    expect(await preview(others, other, planId)).toEqual([]);
    await platform.owner.query('begin');
    await platform.owner.query('set local session_replication_role = replica');
    await platform.owner.query('update beneficiaries set merged_into = $2 where id = $1', [loser.id, survivor.id]);
    await platform.owner.query('commit');
    expect(await preview(others, other, planId)).toMatchObject([{ beneficiaryId: survivor.id, reason: 'overlap' }]);
  });

  it('comes to an end at the limits of a person and a household, in their months and years', async () => {
    const head = await inBoth();
    const child = await inBoth(head.householdId);
    const limits = (...limits: [string, string, string][]) => changeTerms(platform, one.programmeId, { limits });
    const asked = async (person: Person, amount: string, day: string) =>
      (await preview(team, one, await plan(one, [person], newId(), [day, day], amount))).map(({ reason, detail }) => ({
        reason,
        ...(detail as object),
      }));
    const limit = (per: string, period: string, amount: string, used: string) => ({
      reason: `limit_${per}`,
      limit: { per, period, amount: { amount, currency: 'DZD' }, used: { amount: used, currency: 'DZD' } },
    });
    await submitted(team, one, await plan(one, [head], newId(), ['2026-01-31', '2026-02-20'], '60.00'));
    await submitted(others, other, await plan(other, [head], newId(), ['2026-01-31', '2026-01-31'], '500.00'));
    await limits(['person', 'month', '100.00']);
    expect(await asked(head, '40.00', '2026-01-01')).toEqual([]);
    expect(await asked(head, '40.01', '2026-01-01')).toEqual([limit('person', 'month', '100.00', '60.00')]);
    expect(await asked(head, '100.00', '2026-02-01')).toEqual([]);
    expect(await asked(head, '100.00', '2025-12-31')).toEqual([]);
    expect(await asked(child, '100.01', '2026-01-01')).toEqual([limit('person', 'month', '100.00', '0.00')]);
    expect(await asked(child, '100.00', '2026-01-01')).toEqual([]);
    await limits(['household', 'year', '100.00']);
    expect(await asked(child, '40.00', '2026-12-31')).toEqual([]);
    expect(await asked(child, '40.01', '2026-12-31')).toEqual([limit('household', 'year', '100.00', '60.00')]);
    expect(await asked(child, '100.00', '2027-01-01')).toEqual([]);
    await limits(['household', 'programme', '100.00'], ['person', 'year', '70.00']);
    expect(await asked(child, '40.01', '2027-01-01')).toEqual([limit('household', 'programme', '100.00', '60.00')]);
    expect(await asked(head, '40.01', '2026-06-01')).toEqual([limit('household', 'programme', '100.00', '60.00')]);
    expect(await asked(head, '10.01', '2026-06-01')).toEqual([limit('person', 'year', '70.00', '60.00')]);
    await limits();
  });

  it('is not, when two programmes release at the same time: the first to release pays', async () => {
    for (const round of [1, 2, 3]) {
      const purpose = `race ${round}`;
      const people = [await inBoth(), await inBoth(), await inBoth()];
      const first = await approved(team, one, await plan(one, people, purpose));
      const second = await approvedInSpite(await plan(other, [...people].reverse(), purpose), purpose);
      const answers = await Promise.all([release(team, first), release(others, second)]);
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      const lines = [...(await linesOf(team, first)), ...(await linesOf(others, second))];
      expect(lines.map(({ state }) => state).sort()).toEqual([...people.map(() => 'released'), ...people.map(() => 'returned')]);
      const returned = lines.filter(({ state }) => state === 'returned');
      expect(returned).toEqual(returned.map(() => expect.objectContaining({ returnReason: 'overlap', returnDetail: { programme: null } })));
    }
  });

  it('lets a household be paid by whoever is released first, whichever of its members is on which list', async () => {
    const head = await inBoth();
    const child = await inBoth(head.householdId);
    const waiting = await approved(team, one, await plan(one, [head], 'heating'));
    const list = await approvedInSpite(await plan(other, [child], 'heating'), 'heating');
    await release(others, list).expect(200);
    expect(await linesOf(others, list)).toMatchObject([{ state: 'released' }]);
    await release(team, waiting).expect(200);
    expect(await linesOf(team, waiting)).toMatchObject([{ state: 'returned', returnReason: 'overlap' }]);
  });

  it('goes by the household that people are in now, whatever it was when their lines were drawn', async () => {
    const move = async ({ id }: Person, { householdId }: Person) => {
      await platform.owner.query('set session_replication_role = replica');
      await platform.owner.query('update beneficiaries set household_id = $2 where id = $1', [id, householdId]);
      await platform.owner.query('set session_replication_role = origin');
    };
    const [paid, home] = [await inBoth(), await inBoth()];
    const [leaves, joins, joinsToo] = [await inBoth(paid.householdId), await inBoth(), await inBoth()];
    const first = await approved(team, one, await plan(one, [paid], 'moving'));
    const list = await approvedInSpite(await plan(other, [leaves, joins], 'moving'), 'moving');
    const inSql = await approvedInSpite(await plan(other, [joinsToo], 'moving'), 'moving');
    await release(team, first).expect(200);
    await move(leaves, home);
    await move(joins, paid);
    await move(joinsToo, paid);
    await release(others, list).expect(200);
    const lines = (await linesOf(others, list)) as unknown as { beneficiaryId: string; returnReason: string | null }[];
    expect(new Map(lines.map(({ beneficiaryId, returnReason }) => [beneficiaryId, returnReason]))).toEqual(
      new Map([
        [leaves.id, null],
        [joins.id, 'overlap'],
      ]),
    );
    const app = await platform.applicationClient();
    await app.query(`insert into payment_list_hands (list_id, user_id, hand, digest, at) values ($1, $2, 'releaser', $3, now())`, [
      inSql.id,
      newId(),
      inSql.digest,
    ]);
    await app.query(`update payment_lists set state = 'releasing' where id = $1`, [inSql.id]);
    await expect(app.query(`update payment_list_lines set state = 'released' where list_id = $1`, [inSql.id])).rejects.toMatchObject({
      constraint: 'payment_list_lines_overlap',
    });
    // Whoever joins a household brings what they were paid, under whichever of their records.
    const [host, record] = [await inBoth(), await inBoth()];
    expect(await preview(team, one, await plan(one, [host], 'moving'))).toEqual([]);
    await platform.owner.query('set session_replication_role = replica');
    await platform.owner.query('update beneficiaries set merged_into = $2 where id = $1', [paid.id, record.id]);
    await platform.owner.query('set session_replication_role = origin');
    await move(record, host);
    expect(await preview(team, one, await plan(one, [host], 'moving'))).toMatchObject([{ beneficiaryId: host.id, reason: 'overlap' }]);
    await changeTerms(platform, one.programmeId, { limits: [['household', 'programme', '150.00']] });
    expect(await preview(team, one, await plan(one, [host], 'else'))).toMatchObject([
      { reason: 'limit_household', detail: { limit: { used: { amount: '100.00' } } } },
    ]);
    await changeTerms(platform, one.programmeId, { limits: [] });
  });

  it('is refused by the database itself, in plain SQL and from two connections at once', async () => {
    const [person, limited] = [await inBoth(), await inBoth()];
    const first = await approved(team, one, await plan(one, [person], 'seeds'));
    const second = await approvedInSpite(await plan(other, [person], 'seeds'), 'seeds');
    const [here, there] = [await platform.applicationClient(), await platform.applicationClient()];
    for (const { id, digest } of [first, second]) {
      await here.query(`insert into payment_list_hands (list_id, user_id, hand, digest, at) values ($1, $2, 'releaser', $3, now())`, [
        id,
        newId(),
        digest,
      ]);
      await here.query(`update payment_lists set state = 'releasing' where id = $1`, [id]);
    }
    const pay = (id: string) => ({ text: `update payment_list_lines set state = 'released' where list_id = $1`, values: [id] });
    await here.query('begin');
    await here.query(pay(first.id));
    const later = expect(there.query(pay(second.id))).rejects.toMatchObject({ constraint: 'payment_list_lines_overlap' });
    await expect
      .poll(
        async () =>
          (
            await platform.owner.query(`select from pg_locks where locktype = 'advisory' and not granted
              and database = (select oid from pg_database where datname = current_database())`)
          ).rowCount,
      )
      .toBe(1);
    await here.query('commit');
    await later;
    await changeTerms(platform, other.programmeId, { limits: [['person', 'month', '150.00']] });
    const within = await approved(others, other, await plan(other, [limited], 'one', undefined, '100.00'));
    const { rows } = await platform.owner.query(`select id from payment_list_lines where list_id = $1`, [within.id]);
    await platform.owner.query('begin');
    await platform.owner.query('set local session_replication_role = replica');
    await platform.owner.query(`update payment_list_lines set amount = 150.01 where id = $1`, [rows[0].id]);
    await platform.owner.query(
      `update instalments set amount = 150.01 where id = (select instalment_id from payment_list_lines where id = $1)`,
      [rows[0].id],
    );
    await platform.owner.query('commit');
    await here.query(`insert into payment_list_hands (list_id, user_id, hand, digest, at) values ($1, $2, 'releaser', $3, now())`, [
      within.id,
      newId(),
      within.digest,
    ]);
    await here.query(`update payment_lists set state = 'releasing' where id = $1`, [within.id]);
    await expect(here.query(pay(within.id))).rejects.toMatchObject({ constraint: 'payment_list_lines_overlap' });
    await changeTerms(platform, other.programmeId, { limits: [] });
  });

  it('is judged by one rule, in the database as in the programme', async () => {
    const ruleOf = async (programmeId: string, version: number, purpose: string) =>
      (await platform.owner.query('select * from purpose_rule($1, $2, $3)', [programmeId, version, purpose])).rows[0];
    const version = await changeTerms(platform, one.programmeId, { purposes: [['Tents', 'allow', 'programme', 'person', 30]] });
    expect(await ruleOf(one.programmeId, version, ' TENTS')).toEqual({ refuses: false, is_across: false, is_household: false });
    const usual = purposeRule({ purposes: [] }, 'anything');
    expect(await ruleOf(one.programmeId, version, 'anything')).toEqual({
      refuses: usual.overlap === 'refuse',
      is_across: usual.across === 'programmes',
      is_household: usual.per === 'household',
    });
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[ A-Za-zÀ-ÿ0-9ء-ي]{1,20}$/), async (purpose) => {
        const { rows } = await platform.owner.query('select purpose_key($1) as key', [purpose]);
        expect(rows[0].key).toBe(purposeKey(purpose));
      }),
      { numRuns: 50 },
    );
  });
});
