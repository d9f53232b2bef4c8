import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { confirmAll, giveCeilings, makeKind, someTranches } from '../../test/support/extras.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { approved, type ListBody, makePlan, makeTeam, submitted, type Team } from '../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { registration } from '../../test/support/registrations.ts';
import { changeTerms } from '../../test/support/terms.ts';
import { duplicateCheck } from '../deduplication/index.ts';
import { newId } from '../platform/index.ts';

describe('somebody with two records', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let judge: Client;

  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    frame = await makeFrame(platform);
    team = await makeTeam(platform, frame);
    judge = await platform.as('programme_officer', { programme: frame.programmeId });
  });

  /** The same person entered twice, the pair found. */
  async function twice(): Promise<[older: Person, newer: Person]> {
    const { names, birth } = registration();
    const older = await makePerson(platform, frame.programmeId, { names, birth: { ...birth, precision: 'exact' } });
    const newer = await makePerson(platform, frame.programmeId, older.personal);
    const { app, clock } = platform;
    await duplicateCheck({ db: app.database.reader, execute: app.execute, keyRing: app.keyRing, clock }).compare([newer.id]);
    return [older, newer];
  }
  async function decide(older: Person, newer: Person, decision: object) {
    const path = `/v1/duplicate-pairs/${older.id}/${newer.id}`;
    const { version } = (await judge.get(path).expect(200)).body;
    return judge.post(`${path}/decision`, { reason: 'Compared their photographs', version, ...decision });
  }
  /** @returns the merger */
  async function merge(loser: Person, survivor: Person): Promise<string> {
    const [older, newer] = [loser, survivor].sort((a, b) => (a.id < b.id ? -1 : 1)) as [Person, Person];
    const answer = await decide(older, newer, { decision: 'same_person', survivorId: survivor.id });
    expect(answer.status).toBe(200);
    return answer.body.mergerId;
  }
  const undo = (mergerId: string, becomes = 'different_people', by = judge) =>
    by.post(`/v1/mergers/${mergerId}/undo`, { becomes, reason: 'They came to the office together' });
  const preview = async (planId: string) => {
    const body = { planIds: [planId], fundIds: [frame.fundId] };
    const answer = await team.maker.post(`/v1/programmes/${frame.programmeId}/payment-lists/preview`, body).expect(200);
    const reasons = answer.body.leftOutPeople as { registrationNumber: string; reason: string }[];
    return { lines: answer.body.lines, reasons: new Map(reasons.map((one) => [one.registrationNumber, one.reason])) };
  };
  const release = ({ id, digest }: ListBody) => team.finance.post(`/v1/payment-lists/${id}/release`, { digest });
  const linesOf = async (...lists: ListBody[]) =>
    (
      await platform.owner.query<{ beneficiary_id: string; state: string; return_reason: string | null }>(
        'select beneficiary_id, state, return_reason from payment_list_lines where list_id = any($1) order by beneficiary_id',
        [lists.map(({ id }) => id)],
      )
    ).rows;
  const released = async (...lists: ListBody[]) => (await linesOf(...lists)).filter(({ state }) => state === 'released').length;

  it('is paid what either is owed, once, as the record that goes on', async () => {
    const [older, newer] = await twice();
    const both = await makePlan(platform, frame, [older, newer]);
    const onlyOlder = await makePlan(platform, frame, [older], '500.00');
    expect((await preview(both)).reasons).toEqual(
      new Map([older, newer].map(({ registrationNumber }) => [registrationNumber, 'duplicate_open'])),
    );
    await merge(older, newer);
    expect(await preview(both)).toEqual({ lines: 1, reasons: new Map([[older.registrationNumber, 'merged']]) });
    const list = await approved(team, frame, onlyOlder);
    await release(list).expect(200);
    expect(await linesOf(list)).toEqual([{ beneficiary_id: newer.id, state: 'released', return_reason: null }]);
  });

  it('is not paid again what the other record was paid, or is about to be', async () => {
    const [older, newer] = await twice();
    await decide(older, newer, { decision: 'different_people' });
    const plan = await makePlan(platform, frame, [older]);
    const list = await approved(team, frame, plan);
    await platform.owner.query(
      `with t as (insert into entitlements (id, plan_id, beneficiary_id, created_at)
        select gen_random_uuid(), plan_id, $2, now() from entitlements where plan_id = $1 returning id)
      insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
        covers_to, due_on, amount, currency, created_at)
      select gen_random_uuid(), t.id, 1, i.plan_id, i.kind, i.programme_id, $2, $3, i.purpose, i.covers_from, i.covers_to, i.due_on, i.amount,
        i.currency, now()
      from t, instalments i where i.plan_id = $1`,
      [plan, newer.id, newer.householdId],
    );
    await platform.owner.query(
      `update duplicate_pairs set state = 'open', reason = null, decided_by = null, decided_at = null where first_id = $1`,
      [older.id],
    );
    await merge(older, newer);
    expect(await preview(plan)).toEqual({ lines: 0, reasons: new Map([[newer.registrationNumber, 'paid_as_other_record']]) });
    // The older record's line comes back at release, and then the instalment of the record that goes on is payable.
    await release(list).expect(200);
    expect(await linesOf(list)).toEqual([{ beneficiary_id: older.id, state: 'returned', return_reason: 'merged' }]);
    const next = await approved(team, frame, plan);
    await release(next).expect(200);
    expect(await released(next)).toBe(1);
    expect((await preview(plan)).lines).toBe(0);
  });

  it('is not paid as the record that goes on what the other was paid before they were merged', async () => {
    const [older, newer] = await twice();
    await decide(older, newer, { decision: 'different_people' });
    const first = await makePlan(platform, frame, [older], '700.00', 'rent of June');
    await release(await approved(team, frame, first)).expect(200);
    const second = await makePlan(platform, frame, [newer], '700.00', 'rent of June');
    await platform.owner.query(
      `update duplicate_pairs set state = 'open', reason = null, decided_by = null, decided_at = null where first_id = $1`,
      [older.id],
    );
    await merge(older, newer);
    expect((await preview(second)).reasons).toEqual(new Map([[newer.registrationNumber, 'overlap']]));
  });

  it('is paid a tranche once, whatever its number is and whichever record it was made out to, and the other tranches besides', async () => {
    const purpose = `purpose ${newId()}`;
    await changeTerms(platform, frame.programmeId, { purposes: [[purpose, 'allow', 'programme', 'person', 30]] });
    const sign = async (drawId: string) => {
      await confirmAll(team.maker, drawId);
      await team.approver.post(`/v1/draws/${drawId}/sign`).expect(200);
    };
    for (const isPaidFirst of [true, false]) {
      const [older, newer] = await twice();
      await decide(older, newer, { decision: 'different_people' });
      const planId = await makeKind(team.maker, frame, 'reintegration_cash', { tranches: someTranches, purpose });
      const draws = await giveCeilings(team.maker, planId, [older, newer]);
      const { rows } = await platform.owner.query<{ id: string; who: string; tranche: number }>(
        `select d.id, t.beneficiary_id as who, n.number as tranche from tranche_draws d join entitlements t on t.id = d.entitlement_id
        join tranches n on n.id = d.tranche_id where d.id = any($1)`,
        [draws.map(({ id }) => id)],
      );
      const drawOf = ({ id }: Person, tranche: number) => rows.find((row) => row.who === id && row.tranche === tranche)?.id ?? '';
      await sign(drawOf(older, 1));
      const first = await approved(team, frame, planId);
      await release(first).expect(200);
      // The newer record's first tranche is its second instalment.
      await sign(drawOf(newer, 2));
      await sign(drawOf(newer, 1));
      const second = isPaidFirst ? undefined : await approved(team, frame, planId);
      if (second) await release(second).expect(200);
      await platform.owner.query(
        `update duplicate_pairs set state = 'open', reason = null, decided_by = null, decided_at = null where first_id = $1`,
        [older.id],
      );
      await merge(older, newer);
      if (!second) {
        expect(await preview(planId)).toEqual({ lines: 1, reasons: new Map([[newer.registrationNumber, 'paid_as_other_record']]) });
        continue;
      }
      const app = await platform.applicationClient();
      const pay = async (who: Person, tranche: number) => {
        await app.query('begin');
        try {
          const { rows: paid } = await app.query(
            `update vouchers v set state = 'redeemed' from payment_list_lines l join tranche_draws d on d.instalment_id = l.instalment_id
            where v.line_id = l.id and d.id = $1 returning v.id`,
            [drawOf(who, tranche)],
          );
          await app.query(
            `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
            select gen_random_uuid(), id, $2, gen_random_uuid(), collector_id, amount, currency, 'passport', '0042', now(), current_date
            from vouchers where id = $1`,
            [paid[0].id, frame.officeId],
          );
          await app.query('commit');
        } catch (error) {
          await app.query('rollback');
          throw error;
        }
      };
      await platform.owner.query(
        `update vouchers set state = 'activated', activated_at = now(), expires_at = now() + interval '9 days' where state = 'issued' and list_id = any($1)`,
        [[first.id, second.id]],
      );
      await pay(older, 1);
      await expect(pay(newer, 1)).rejects.toMatchObject({ constraint: 'payouts_once_for_person' });
      await pay(newer, 2);
    }
  });

  it('is paid by one of two lists, or by one line of a list, however merger and releases cross', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [older, newer] = await twice();
      await decide(older, newer, { decision: 'different_people' });
      const plan = await makePlan(platform, frame, [older, newer]);
      const together = await approved(team, frame, plan);
      await platform.owner.query(
        `update duplicate_pairs set state = 'open', reason = null, decided_by = null, decided_at = null where first_id = $1`,
        [older.id],
      );
      const [merger] = await Promise.all([
        decide(older, newer, { decision: 'same_person', survivorId: newer.id }),
        ...(round % 2 ? [release(together)] : []),
      ]);
      expect(merger?.status).toBe(200);
      if (round % 2 === 0) await release(together).expect(200);
      expect(await released(together)).toBeLessThanOrEqual(1);
      const later = await preview(plan);
      expect((await released(together)) + later.lines).toBe(1);
    }
  });

  it('is two people again until one of them is on a list or was paid', async () => {
    const [older, newer] = await twice();
    const plan = await makePlan(platform, frame, [older, newer]);
    const mergerId = await merge(older, newer);
    const { body } = await undo(mergerId).expect(200);
    expect(body).toMatchObject({
      state: 'different_people',
      mergerId: null,
      first: { state: 'enrolled' },
      second: { state: 'enrolled' },
      decisions: [{ decision: 'same_person' }, { decision: 'different_people' }],
    });
    await undo(mergerId).expect(409);
    expect(await preview(plan)).toEqual({ lines: 2, reasons: new Map() });
    await platform.owner.query(
      `update duplicate_pairs set state = 'open', reason = null, decided_by = null, decided_at = null where first_id = $1`,
      [older.id],
    );
    const again = await merge(older, newer);
    const list = await submitted(team, frame, plan);
    await undo(again).expect(409);
    await team.maker.post(`/v1/payment-lists/${list.id}/cancel`, { reason: 'Drawn up too early' }).expect(200);
    await undo(again, 'needs_information').expect(200);
    expect((await preview(plan)).lines).toBe(0);
  });

  it('is not taken apart behind the back of a list that is being drawn up', async () => {
    const [older, newer] = await twice();
    const plan = await makePlan(platform, frame, [older]);
    const mergerId = await merge(older, newer);
    const list = await approved(team, frame, plan);
    // What a race would leave: the merger undone although the list was there.
    await platform.owner.query('update beneficiaries set merged_into = null where id = $1', [older.id]);
    await platform.owner.query('delete from comparisons_due');
    await release(list).expect(200);
    expect(await linesOf(list)).toEqual([{ beneficiary_id: newer.id, state: 'returned', return_reason: 'not_theirs' }]);
    expect(mergerId).toBeDefined();
  });
});
