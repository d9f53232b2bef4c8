import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKind } from '../../../test/support/extras.ts';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { makeTeam, submitted, type Team } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { changeTerms } from '../../../test/support/terms.ts';
import { makeVouchers, type TestVoucher } from '../../../test/support/vouchers.ts';

describe('a top-up and what it tops up', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let officer: Client;
  let reasons = 0;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    team = await makeTeam(platform, frame);
    officer = team.maker;
  });
  afterAll(() => platform.close());

  const makeTopUp = (terms: object = { percentage: '10' }) => {
    reasons += 1;
    return makeKind(officer, frame, 'top_up', { topUp: { reason: `reason_${reasons}`, dueOn: '2026-04-01', ...terms } });
  };
  const named = ({ person: { id } }: TestVoucher) => ({ person: { beneficiaryId: id } });
  const topUp = (planId: string, vouchers: readonly TestVoucher[]) =>
    officer.post(`/v1/plans/${planId}/top-ups`, { people: vouchers.map(named) });
  const states = async (planId: string) =>
    (await platform.owner.query('select state from instalments where plan_id = $1 order by created_at, id', [planId])).rows.map(
      ({ state }) => state,
    );
  async function cancelled(listId: string, instalments = 'free'): Promise<void> {
    const proposal = { reason: 'Left the country', instalments };
    const { body } = await officer.post(`/v1/payment-lists/${listId}/cancellations`, proposal).expect(201);
    await team.finance.post(`/v1/payment-list-cancellations/${body.id}/confirm`).expect(200);
  }
  const preview = (planId: string) =>
    officer.post(`/v1/programmes/${frame.programmeId}/payment-lists/preview`, { planIds: [planId], fundIds: [frame.fundId] });

  it.each(['free', 'withdrawn'])('are given up together when a payment is cancelled and its instalment %s', async (instalments) => {
    const vouchers = await makeVouchers(platform, frame, 2, { send: false });
    const [planId, listed] = [await makeTopUp(), await makeTopUp()];
    for (const plan of [planId, listed]) expect((await topUp(plan, vouchers).expect(201)).body.made).toHaveLength(2);
    const list = await submitted(team, frame, listed);
    await cancelled(vouchers[0]?.listId ?? '', instalments);
    expect(await states(planId)).toEqual(['withdrawn', 'withdrawn']);
    // What is on a list stays there, and is not paid by it.
    expect(await states(listed)).toEqual(['due', 'due']);
    await team.approver.post(`/v1/payment-lists/${list.id}/approve`, { digest: list.digest }).expect(200);
    const { body: released } = await team.finance.post(`/v1/payment-lists/${list.id}/release`).expect(200);
    expect(released).toMatchObject({ state: 'released', returned: [{ reason: 'source_cancelled', people: 2 }] });
    const { body: next } = await preview(listed).expect(200);
    expect(next).toMatchObject({ lines: 0, leftOut: [{ reason: 'source_cancelled', people: 2 }] });
    const { body: again } = await topUp(await makeTopUp(), vouchers).expect(201);
    expect(again.refused.map(({ code }: { code: string }) => code)).toEqual(['no_source', 'no_source']);
  });

  it('leave nothing due that tops up what is cancelled at the same moment', async () => {
    const vouchers = await makeVouchers(platform, frame, 4, { send: false });
    const planId = await makeTopUp();
    const [made] = await Promise.all([topUp(planId, vouchers), cancelled(vouchers[0]?.listId ?? '')]);
    expect(made.status).toBe(201);
    const { rows } = await platform.owner.query(`select from instalments where plan_id = $1 and state = 'due'`, [planId]);
    expect(rows).toEqual([]);
  });

  it('come to no less and no more than the programme pays at once, and say of whom they would', async () => {
    frame = await makeFrame(platform);
    team = await makeTeam(platform, frame);
    officer = team.maker;
    await changeTerms(platform, frame.programmeId, {
      kinds: [
        ['one_time_grant', null, null],
        ['top_up', '100', '1000'],
      ],
    });
    const paid = async (amount: string) => (await makeVouchers(platform, frame, 1, { amount, send: false }))[0] as TestVoucher;
    const [small, fits, large] = [await paid('999.90'), await paid('10000.00'), await paid('10000.10')];
    const planId = await makeTopUp();
    const rule = { assisted: 'released', from: '2020-01-01', to: '2099-12-31' };
    const { body: preview } = await officer.post(`/v1/plans/${planId}/top-ups/preview`, rule).expect(200);
    expect(preview).toMatchObject({ count: 1, total: { amount: '1000.00' }, comesToNothing: 0, outOfBounds: 2 });
    expect(preview.leftOut.map(({ code }: { code: string }) => code).sort()).toEqual(['above_most', 'below_least']);
    const { body } = await topUp(planId, [small, fits, large]).expect(201);
    expect(body.made).toMatchObject([{ index: 1, amount: { amount: '1000.00' } }]);
    expect(body.refused.map(({ index, code }: { index: number; code: string }) => [index, code])).toEqual([
      [0, 'below_least'],
      [2, 'above_most'],
    ]);
    const { body: byRule } = await officer.post(`/v1/plans/${planId}/top-ups/by-rule`, rule).expect(201);
    expect(byRule).toMatchObject({ count: 0, already: 1, outOfBounds: 2, leftOut: preview.leftOut });
    const attempt = (await platform.applicationClient()).query(
      `with entered as (insert into entitlements (id, plan_id, beneficiary_id, created_at) values (gen_random_uuid(), $1, $2, now()) returning id)
      insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
        covers_to, due_on, amount, currency, created_at, tops_up_id, top_up_reason)
      select gen_random_uuid(), entered.id, 1, $1, 'top_up', i.programme_id, $2, i.household_id, 'x', i.covers_from, i.covers_to, i.due_on, 99.99,
        'DZD', now(), i.id, $3 from entered, instalments i where i.beneficiary_id = $2 and i.kind <> 'top_up'`,
      [planId, small.person.id, `reason_${reasons}`],
    );
    await expect(attempt).rejects.toMatchObject({ constraint: 'instalments_within_bounds' });
  });
});
