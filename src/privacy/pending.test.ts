import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { payList } from '../../test/support/paid.ts';
import { approved, makePlan, makeTeam, submitted, type Team } from '../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeVouchers, type TestVoucher } from '../../test/support/vouchers.ts';
import { checkIdentities } from '../ledger/index.ts';
import { dateIn, newId } from '../platform/index.ts';

describe('erasing somebody while money is pending', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let second: Client;
  let agent: Client;

  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    team = await makeTeam(platform, frame);
    second = await platform.as('programme_officer', { programme: frame.programmeId });
    agent = await platform.as('agent', { office: frame.officeId });
  });
  afterAll(() => platform.close());

  const because = { ground: 'subject_request', reason: 'Letter 12' };
  const ask = async ({ id }: Pick<Person, 'id'>): Promise<string> =>
    (await team.maker.post(`/v1/beneficiaries/${id}/erasures`, because).expect(201)).body.id;
  const confirm = (erasureId: string) => second.post(`/v1/erasures/${erasureId}/confirm`);
  const pendingOf = async (erasureId: string): Promise<string[]> => {
    const { body } = await confirm(erasureId).expect(409);
    expect(body.code).toBe('erasure_refused');
    return body.errors.map(({ cell }: { cell: string }) => cell);
  };
  const redeem = ({ serial, code }: TestVoucher) =>
    agent
      .post('/v1/payouts', { officeId: frame.officeId, locator: { serial }, code, documentType: 'passport', documentLastFour: '0042' })
      .expect(201);
  const statement = (lines: readonly string[]) => {
    const header = 'Référence;Série;Date;Code bureau;Montant;Devise;Opération;Quatre derniers';
    const path = `/v1/programmes/${frame.programmeId}/statements?name=${newId()}`;
    const today = dateIn('Africa/Algiers', platform.clock.now());
    return team.finance
      .post(`${path}&from=2020-01-01&to=${today}`, [header, ...lines].join('\r\n'))
      .expect((answer) => expect(answer.status).toBeLessThan(300));
  };
  const stated = (voucher: TestVoucher, paidOn: string, amount = '15 000,00') =>
    `ALP-${voucher.serial};${voucher.serial};${paidOn.split('-').reverse().join('/')};${frame.officeCode};${amount};DZD;;0042`;
  const paidOn = async (voucher: TestVoucher): Promise<string> =>
    (await platform.owner.query('select paid_on::text from payouts where voucher_id = $1', [voucher.id])).rows[0].paid_on;
  const state = async (id: string): Promise<{ erased: boolean; vouchers: number }> =>
    (
      await platform.owner.query(
        `select erased_at is not null as erased, (select count(*)::int from vouchers where beneficiary_id = b.id) as vouchers
        from beneficiaries b where id = $1`,
        [id],
      )
    ).rows[0];

  it('waits for the voucher, then for the statement, then for the exception, and leaves the books as they were', async () => {
    const [voucher, wrong, expired] = (await makeVouchers(platform, frame, 3)) as [TestVoucher, TestVoucher, TestVoucher];
    const [asked, other, third] = [await ask(voucher.person), await ask(wrong.person), await ask(expired.person)];
    expect(await pendingOf(asked)).toEqual(['live_voucher']);
    await redeem(voucher);
    await redeem(wrong);
    expect(await pendingOf(asked)).toEqual(['unreconciled_payout']);
    await statement([stated(voucher, await paidOn(voucher)), stated(wrong, await paidOn(wrong), '14 000,00')]);
    expect(new Set(await pendingOf(other))).toEqual(new Set(['open_exception', 'unreconciled_payout']));
    platform.clock.skip(70 * 86_400_000);
    await platform.app.jobs.trigger('vouchers.expire');
    await expect
      .poll(async () => (await platform.owner.query('select state from vouchers where id = $1', [expired.id])).rows[0].state, {
        timeout: 20_000,
      })
      .toBe('expired');
    team = await makeTeam(platform, frame);
    second = await platform.as('programme_officer', { programme: frame.programmeId });
    const exceptions = (await team.finance.get(`/v1/programmes/${frame.programmeId}/exceptions?state=open`).expect(200)).body.items;
    const mine = exceptions.filter(
      (one: { payoutId: string | null; line: { serial: string } | null }) => one.line?.serial === wrong.serial || one.payoutId,
    );
    for (const { id } of mine)
      await team.finance.post(`/v1/exceptions/${id}/resolution`, { resolution: 'accepted', note: 'Settled with the post' }).expect(200);

    const auditor = await platform.as('auditor');
    const figures = async () => ({
      report: (await auditor.get(`/v1/funds/${frame.fundId}/report-draft?fresh=true`).expect(200)).body,
      list: (await team.finance.get(`/v1/payment-lists/${voucher.listId}`).expect(200)).body,
      lines: (await team.finance.get(`/v1/payment-lists/${voucher.listId}/lines`).expect(200)).body,
      vouchers: (await team.finance.get(`/v1/payment-lists/${voucher.listId}/vouchers`).expect(200)).body,
      messages: (await team.finance.get(`/v1/payment-lists/${voucher.listId}/messages`).expect(200)).body,
      payouts: (await auditor.get(`/v1/programmes/${frame.programmeId}/payouts`).expect(200)).body,
      identities: await checkIdentities(platform.app.database.reader, frame.programmeId),
      audit: (await platform.owner.query('select count(*)::int from audit_events where command not like $1', ['privacy.%'])).rows,
    });
    const before = await figures();
    for (const erasure of [asked, other, third]) await confirm(erasure).expect(200);
    await platform.settled();
    const { audit: _, report, ...after } = await figures();
    const { audit: __, report: reportBefore, ...kept } = before;
    expect(after).toEqual(kept);
    const { computedAt: ___, ...was } = reportBefore;
    expect(report).toMatchObject(was);
    expect(after.identities.every(({ holds }) => holds)).toBe(true);
    const digest = (await platform.owner.query('select digest from payment_lists where id = $1', [voucher.listId])).rows[0].digest;
    expect(digest).toBe(kept.list.digest);
    await agent
      .post('/v1/payouts', {
        officeId: frame.officeId,
        locator: { phone: voucher.person.personal.phones[0] },
        code: voucher.code,
        documentType: 'passport',
        documentLastFour: '0042',
      })
      .expect((answer) => expect(answer.status).toBeLessThan(500));
    const { rows } = await platform.owner.query(
      'select count(*)::int from messages where beneficiary_id = $1 and gateway_reference is not null',
      [voucher.person.id],
    );
    expect(rows[0].count).toBe(0);
  });

  it('is refused with everything at once', async () => {
    const [voucher] = (await makeVouchers(platform, frame, 1)) as [TestVoucher];
    await submitted(team, frame, await makePlan(platform, frame, [voucher.person]));
    const erasure = await ask(voucher.person);
    expect(await pendingOf(erasure)).toEqual(['live_voucher', 'on_live_list']);
    expect((await team.maker.get(`/v1/erasures/${erasure}`).expect(200)).body.pending).toHaveLength(2);
    expect(await state(voucher.person.id)).toEqual({ erased: false, vouchers: 1 });
  });

  it('waits for whoever collects for somebody else', async () => {
    const head = await makePerson(platform, frame.programmeId);
    const child = await makePerson(
      platform,
      frame.programmeId,
      { birth: { from: '2020-01-01', to: '2020-01-01', precision: 'exact' } },
      head.householdId,
    );
    const list = await approved(team, frame, await makePlan(platform, frame, [child]));
    const erasure = await ask(head);
    expect(await pendingOf(erasure)).toEqual(['on_live_list']);
    await team.finance.post(`/v1/payment-lists/${list.id}/release`).expect(200);
    expect(await pendingOf(erasure)).toEqual(['live_voucher']);
  });

  it('waits for a line that is being written at that moment, and then is refused', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const planId = await makePlan(platform, frame, [person]);
    const erasure = await ask(person);
    const writer = await platform.applicationClient();
    await writer.query('begin');
    const [listId, userId] = [newId(), newId()];
    await writer.query(
      `insert into payment_lists (id, programme_id, name, source, currency, built_by, created_at) values ($1, $2, $4, '{}', 'DZD', $3, now())`,
      [listId, frame.programmeId, userId, `List ${listId}`],
    );
    await writer.query(
      `insert into payment_list_lines (id, list_id, position, instalment_id, plan_id, kind, purpose, covers_from, covers_to, fund_id, beneficiary_id, collector_id, household_id, amount, currency, wilaya_number, sex, age_band, has_disability)
      select gen_random_uuid(), $1, 1, i.id, $3, 'one_time_grant', i.purpose, i.covers_from, i.covers_to, $4, i.beneficiary_id, i.beneficiary_id, i.household_id, i.amount, i.currency, '16', 'female', '18-59', false
      from instalments i where i.beneficiary_id = $2`,
      [listId, person.id, planId, frame.fundId],
    );
    let isDone = false;
    const answer = confirm(erasure).then((response) => {
      isDone = true;
      return response;
    });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(isDone).toBe(false);
    await writer.query('commit');
    const { status, body } = await answer;
    expect([status, body.code]).toEqual([409, 'erasure_refused']);
  });

  it('never pays somebody who was erased, however lists are built and released meanwhile', async () => {
    const outcomes: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      const person = await makePerson(platform, frame.programmeId);
      const planId = await makePlan(platform, frame, [person]);
      const erasure = await ask(person);
      const name = newId();
      const [erased, built] = await Promise.all([
        confirm(erasure),
        team.maker.post(`/v1/programmes/${frame.programmeId}/payment-lists`, { name, planIds: [planId], fundIds: [frame.fundId] }),
      ]);
      expect([200, 409]).toContain(erased.status);
      expect([201, 422]).toContain(built.status);
      if (built.status === 201) {
        const { digest } = (await team.maker.post(`/v1/payment-lists/${built.body.id}/submit`).expect(200)).body;
        await team.approver.post(`/v1/payment-lists/${built.body.id}/approve`, { digest }).expect(200);
        const [released, again] = await Promise.all([team.finance.post(`/v1/payment-lists/${built.body.id}/release`), confirm(erasure)]);
        expect(released.status).toBe(200);
        expect(again.status).toBe(409);
      }
      const now = await state(person.id);
      expect(now).toEqual({ erased: erased.status === 200, vouchers: erased.status === 200 ? 0 : 1 });
      outcomes.push(`${erased.status} ${built.status}`);
    }
    expect(outcomes.every((outcome) => outcome !== '409 422')).toBe(true);
  });

  it('is refused by the database itself, and so is a voucher of somebody who was erased', async () => {
    const [voucher] = (await makeVouchers(platform, frame, 1)) as [TestVoucher];
    const erasure = await ask(voucher.person);
    const client = await platform.applicationClient();
    await client.query('begin');
    await client.query(`update erasures set state = 'done', decided_by = $2, decided_at = now() + interval '200 days' where id = $1`, [
      erasure,
      newId(),
    ]);
    await expect(
      client.query(
        `update beneficiaries set data_key = null, names = null, birth = null, nationality = null, documents = null, phones = null, answers = null,
        attestation = null, commune = '', erased_at = now(), erasure_id = $2 where id = $1`,
        [voucher.person.id, erasure],
      ),
    ).rejects.toMatchObject({ constraint: 'beneficiaries_erased_when_settled' });
    await client.query('rollback');

    const gone = await makePerson(platform, frame.programmeId);
    await confirm(await ask(gone)).expect(200);
    await expect(payList(platform, frame, [{ person: { beneficiaryId: gone.id, householdId: gone.householdId } }])).rejects.toMatchObject({
      constraint: 'vouchers_not_of_erased',
    });
  });
});
