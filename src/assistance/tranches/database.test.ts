import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confirmAll, giveCeilings, makeReintegration, someTranches } from '../../../test/support/extras.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../../../test/support/fixtures.ts';
import { makePlan } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { newId } from '../../platform/index.ts';

describe('what the database says of reintegration cash, whoever writes', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let app: pg.Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
    app = await platform.applicationClient();
  });
  afterAll(() => platform.close());

  const refused = (constraint: string, attempt: Promise<unknown>) => expect(attempt).rejects.toMatchObject({ constraint });

  interface Entered {
    readonly planId: string;
    readonly somebody: Person;
    readonly entitlementId: string;
    readonly draws: string[];
  }
  async function entered(tranches: object[] = someTranches): Promise<Entered> {
    const planId = await makeReintegration(officer, frame, tranches);
    const somebody = await makePerson(platform, frame.programmeId);
    const draws = (await giveCeilings(officer, planId, [somebody])).map(({ id }) => id);
    const { rows } = await platform.owner.query('select id from entitlements where plan_id = $1', [planId]);
    return { planId, somebody, entitlementId: rows[0].id, draws };
  }

  const owe = (client: pg.Client, { planId, somebody, entitlementId }: Entered, amount: string, number = 1, id = newId()) =>
    client.query(
      `insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
        covers_to, due_on, amount, currency, created_at)
      values ($1, $2, $3, $4, 'reintegration_cash', $5, $6, $7, 'x', '2099-01-01', '2099-01-01', '2099-01-01', $8, 'DZD', now())`,
      [id, entitlementId, number, planId, frame.programmeId, somebody.id, somebody.householdId, amount],
    );
  const decide = (drawId: string | undefined, decision: string, round = 1, reason: string | null = 'As agreed', client = app) =>
    client.query(`insert into draw_decisions values ($1, $2, $3, $4, $5, now())`, [
      drawId,
      round,
      decision,
      decision === 'signed' ? null : reason,
      newId(),
    ]);
  const draw = (drawId: string | undefined, instalmentId: string) =>
    app.query(`update tranche_draws set state = 'drawn', instalment_id = $2 where id = $1`, [drawId, instalmentId]);
  /** Within a transaction that is taken back. */
  async function inVain(work: () => Promise<unknown>): Promise<void> {
    await app.query('begin');
    try {
      await work();
      await app.query('set constraints all immediate');
    } finally {
      await app.query('rollback');
    }
  }

  it('owes nothing that no signed tranche owes', async () => {
    const one = await entered();
    await refused(
      'instalments_of_signed_tranche',
      inVain(() => owe(app, one, '100.00')),
    );
  });

  it('never passes a ceiling, not by two at the same moment either', async () => {
    const tranche = (name: string) => ({ name, amount: '60000.00', conditions: [] });
    const one = await entered([tranche('First'), tranche('Second'), tranche('Third')]);
    expect(one.draws).toHaveLength(2); // the third is left nothing
    await refused('instalments_within_ceiling', owe(app, one, '100000.01'));
    const third = newId();
    await app.query(
      `insert into tranche_draws (id, entitlement_id, plan_id, tranche_id, amount, currency, earliest_on)
      select $1, $2, plan_id, id, amount, 'DZD', '2026-01-01' from tranches where plan_id = $3 and number = 3`,
      [third, one.entitlementId, one.planId],
    );
    const beside = await platform.applicationClient();
    const [first, late] = [newId(), newId()];
    await app.query('begin');
    await beside.query('begin');
    await decide(one.draws[0], 'signed');
    await decide(third, 'signed', 1, null, beside);
    await owe(app, one, '60000.00', 1, first);
    // It waits for the first to end, and then sees what that owes.
    const answer = refused('instalments_within_ceiling', owe(beside, one, '60000.00', 2, late));
    await draw(one.draws[0], first);
    await app.query('commit');
    await answer;
    await beside.query('rollback');
    const { rows } = await platform.owner.query('select sum(amount)::text as total from instalments where plan_id = $1', [one.planId]);
    expect(rows).toEqual([{ total: '60000.00' }]);
  });

  it('is of a tranche of the plan that somebody was entered in', async () => {
    const [one, other] = [await entered(), await entered()];
    const { rows } = await app.query('select tranche_id from tranche_draws where id = $1', [other.draws[0]]);
    const insert = (planId: string) =>
      app.query(
        `insert into tranche_draws (id, entitlement_id, plan_id, tranche_id, amount, currency, earliest_on) values ($1, $2, $3, $4, 1, 'DZD', '2026-01-01')`,
        [newId(), one.entitlementId, planId, rows[0].tranche_id],
      );
    await refused('tranche_draws_of_their_plan', insert(other.planId));
    await refused('tranche_draws_tranche_id_plan_id_fkey', insert(one.planId));
  });

  it('falls due signed, with every condition confirmed, its own amount, and not before its day', async () => {
    const one = await entered();
    const [arrival, trade] = one.draws;
    const signedBy = async (amount: string, drawId: string | undefined) =>
      inVain(async () => {
        const id = newId();
        await decide(drawId, 'signed');
        await owe(app, one, amount, 1, id);
        await draw(drawId, id);
      });
    await refused('tranche_draws_signed', signedBy('40000.00', arrival));
    await confirmAll(officer, arrival ?? '');
    await refused('tranche_draws_instalment', signedBy('40000.01', arrival));
    await signedBy('40000.00', arrival);
    await refused('tranche_draws_signed', signedBy('60000.00', trade));
    const unsigned = inVain(async () => {
      const id = newId();
      await owe(app, one, '40000.00', 1, id);
      await draw(arrival, id);
    });
    await refused('tranche_draws_signed', unsigned);
    await platform.owner.query(`update tranche_draws set earliest_on = '2099-01-02' where id = $1`, [arrival]);
    await refused('tranche_draws_instalment', signedBy('40000.00', arrival));
  });

  it('is confirmed of its own conditions, once a round, and while it waits', async () => {
    const { draws } = await entered();
    const [arrival, trade] = draws;
    const { rows } = await app.query(
      'select c.id from tranche_conditions c join tranche_draws d on d.tranche_id = c.tranche_id where d.id = $1',
      [arrival],
    );
    const confirm = (drawId: string | undefined, round = 1) =>
      app.query(`insert into draw_confirmations values ($1, $2, $3, 'P-1', $4, now())`, [drawId, round, rows[0].id, newId()]);
    await refused('draw_confirmations_of_its_tranche', confirm(trade));
    await refused('draw_confirmations_of_its_tranche', confirm(arrival, 2));
    await confirm(arrival);
    await refused('draw_confirmations_once', confirm(arrival));
    await decide(arrival, 'refused');
    await app.query(`update tranche_draws set state = 'refused' where id = $1`, [arrival]);
    await refused('draw_confirmations_of_its_tranche', confirm(arrival));
  });

  it('is refused and put back by somebody, with a reason, into another round', async () => {
    const { draws } = await entered();
    const [arrival] = draws;
    const move = (what: string) => app.query(`update tranche_draws set ${what} where id = $1`, [arrival]);
    await refused('tranche_draws_decided', move(`state = 'refused'`));
    await refused('tranche_draws_decided', move('round = 2'));
    await expect(decide(arrival, 'refused', 1, null)).rejects.toMatchObject({ code: '23514' });
    await decide(arrival, 'refused');
    await move(`state = 'refused'`);
    await decide(arrival, 'put_back');
    await refused('tranche_draws_decided', move(`state = 'waiting'`));
    await refused('tranche_draws_decided', move(`state = 'waiting', round = 3`));
    await move(`state = 'waiting', round = 2`);
    await expect(move('amount = 1')).rejects.toMatchObject({ code: '42501' });
  });

  it('owes nothing once it is put back', async () => {
    const { draws } = await entered([{ name: 'At once', share: '1', conditions: [] }]);
    const [only] = draws;
    const approver = await platform.as('approver', { programme: frame.programmeId });
    await approver.post(`/v1/draws/${only}/sign`).expect(200);
    await decide(only, 'put_back');
    const back = app.query(`update tranche_draws set state = 'waiting', round = 2, instalment_id = null where id = $1`, [only]);
    await refused('tranche_draws_withdrawn', back);
  });

  it('keeps terms, ceilings and what was confirmed and decided as they are', async () => {
    const grant = await makePlan(platform, frame, []);
    const tranche = app.query(
      `insert into tranches (id, plan_id, number, name, share, earliest_on) values ($1, $2, 1, 'x', 1, '2026-01-01')`,
      [newId(), grant],
    );
    await refused('tranches_kind', tranche);
    await entered();
    for (const table of ['tranches', 'tranche_conditions', 'ceilings', 'draw_confirmations', 'draw_decisions'])
      await refused(`${table}_append_only`, platform.owner.query(`delete from ${table}`));
  });
});
