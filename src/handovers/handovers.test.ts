import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeVouchers, type TestVoucher } from '../../test/support/vouchers.ts';
import { arabic } from '../cashout/words/ar.ts';
import { french } from '../cashout/words/fr.ts';
import { dammDigit, newId } from '../platform/index.ts';

describe('cash that is carried to people', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let witness: Client;
  let finance: Client;
  let agent: Client;
  let supply: TestVoucher[];
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    officer = await platform.as('field_officer', { programme: frame.programmeId });
    witness = await platform.as('field_officer', { programme: frame.programmeId });
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
    agent = await platform.as('agent', { office: frame.officeId });
    supply = await makeVouchers(platform, frame, 28);
  });
  afterAll(() => platform.close());

  const fresh = (count: number): TestVoucher[] => supply.splice(0, count);
  const dzd = (amount: string) => ({ amount, currency: 'DZD' });
  const ask = (vouchers: readonly Pick<TestVoucher, 'serial'>[], by = officer, fundId = frame.fundId) =>
    by.post(`/v1/programmes/${frame.programmeId}/advances`, {
      fundId,
      round: 'In Guezzam road',
      visitOn: '2099-01-01',
      serials: vouchers.map(({ serial }) => serial),
    });
  const out = async (vouchers: readonly TestVoucher[], by = officer): Promise<string> => {
    const { body } = await ask(vouchers, by).expect(201);
    await finance.post(`/v1/advances/${body.id}/hand-over`, { reference: 'R-1' }).expect(200);
    return body.id;
  };
  const seen = { documentType: 'passport', documentLastFour: '0042' };
  const byCode = ({ serial, code }: Pick<TestVoucher, 'serial' | 'code'>) => ({ serial, code, ...seen });
  const byReceipt = ({ serial }: Pick<TestVoucher, 'serial'>, witnessId = witness.userId) => ({
    serial,
    receipt: { witnessId, reference: 'P-17' },
    ...seen,
  });
  const deliver = (advanceId: string, body: object, by = officer, key?: string) =>
    by.post(`/v1/advances/${advanceId}/deliveries`, body, key);
  const atCounter = ({ serial, code }: Pick<TestVoucher, 'serial' | 'code'>) =>
    agent.post('/v1/payouts', { officeId: frame.officeId, locator: { serial }, code, ...seen });
  const bringBack = (advanceId: string, amount: string, reference = newId(), by = finance) =>
    by.post(`/v1/advances/${advanceId}/returns`, { amount: dzd(amount), reference });
  const close = (advanceId: string, by = finance) => by.post(`/v1/advances/${advanceId}/close`);
  /** Closes an advance once its witness has confirmed whatever receipts there are. */
  const finish = async (advanceId: string): Promise<void> => {
    const { body } = await finance
      .get(`/v1/programmes/${frame.programmeId}/hand-deliveries?advanceId=${advanceId}&answer=unanswered`)
      .expect(200);
    for (const { payoutId } of body.items)
      await witness.post(`/v1/hand-deliveries/${payoutId}/answer`, { answer: 'confirmed' }).expect(201);
    await close(advanceId).expect(200);
  };
  const read = async (advanceId: string) => (await finance.get(`/v1/advances/${advanceId}`).expect(200)).body;
  const broken = async (): Promise<string[]> =>
    (await finance.get(`/v1/programmes/${frame.programmeId}/identities`).expect(200)).body.identities
      .filter(({ holds }: { holds: boolean }) => !holds)
      .map(({ identity }: { identity: string }) => identity);

  it('is drawn, delivered by code and by receipt, brought back and closed at zero', async () => {
    const [one, two, three] = fresh(3) as [TestVoucher, TestVoucher, TestVoucher];
    const asked = await ask([one, two, three]).expect(201);
    expect(asked.body).toMatchObject({
      state: 'asked',
      voucherCount: 3,
      amount: dzd('45000.00'),
      rest: dzd('0.00'),
      officerId: officer.userId,
    });
    const { id } = asked.body;
    await deliver(id, byCode(one)).expect(409);
    const handed = await finance.post(`/v1/advances/${id}/hand-over`, { reference: 'R-7' }).expect(200);
    expect(handed.body).toMatchObject({
      state: 'handed',
      rest: dzd('45000.00'),
      daysOut: 0,
      handedBy: finance.userId,
      handedReference: 'R-7',
    });
    const paid = await deliver(id, byCode(one)).expect(201);
    expect(paid.body).toMatchObject({ voucherId: one.id, office: null, advanceId: id, agentId: officer.userId });
    const witnessed = await deliver(id, byReceipt(two)).expect(201);
    await witness.post(`/v1/hand-deliveries/${witnessed.body.id}/answer`, { answer: 'confirmed' }).expect(201);
    const open = await close(id).set('Accept-Language', 'fr').expect(409);
    expect(open.body).toMatchObject({
      code: 'advance_not_at_zero',
      rest: '15000.00',
      detail: expect.stringMatching(/^15000\.00 DZD ne sont pas encore/),
    });
    expect(open.headers['content-language']).toBe('fr');
    expect((await bringBack(id, '15000.01').expect(409)).body.code).toBe('advance_used_up');
    await bringBack(id, '15000.00').expect(201);
    expect((await deliver(id, byCode(three)).expect(409)).body.code).toBe('advance_used_up');
    expect((await close(id).expect(200)).body).toMatchObject({
      state: 'closed',
      delivered: dzd('30000.00'),
      returned: dzd('15000.00'),
      rest: dzd('0.00'),
    });
    expect(await broken()).toEqual([]);
    const { rows } = await platform.owner.query(
      `select e.event, count(*)::int from journal_entries e
      left join payouts p on p.id = e.subject_id left join advance_returns r on r.id = e.subject_id
      where $1 in (e.subject_id, p.advance_id, r.advance_id) group by 1 order by 1`,
      [id],
    );
    expect(rows).toEqual([
      { event: 'advance', count: 1 },
      { event: 'advance_return', count: 1 },
      { event: 'delivery', count: 2 },
    ]);
    // Its voucher is free again: for an office, or for another round.
    await atCounter(three).expect(201);
    const again = await atCounter(one);
    expect(again.body).toMatchObject({ code: 'already_paid', officeCode: null, paidAt: paid.body.paidAt });
  });

  it('pays a voucher once, at the door or at the counter, however many try at the same time', async () => {
    const vouchers = fresh(4);
    const { body: asked } = await ask(vouchers).expect(201);
    const id: string = asked.id;
    const handOver = finance.post(`/v1/advances/${id}/hand-over`, { reference: 'R-1' });
    const [, ...early] = await Promise.all([handOver.expect(200), ...vouchers.slice(2).map(atCounter)]);
    for (const { status, body } of early) expect(status === 201 || body.code === 'being_brought', JSON.stringify(body)).toBe(true);
    const answers = await Promise.all(
      vouchers.flatMap((voucher) => [
        atCounter(voucher),
        deliver(id, byCode(voucher)),
        deliver(id, byReceipt(voucher)),
        atCounter(voucher),
      ]),
    );
    expect([...early, ...answers].filter(({ status }) => status === 201).length).toBe(4);
    for (const { status, body } of answers)
      expect(status === 201 || ['already_paid', 'being_brought'].includes(body.code), JSON.stringify(body)).toBe(true);
    const { rows } = await platform.owner.query('select count(*)::int as n from payouts where voucher_id = any($1) and voided_at is null', [
      vouchers.map((voucher) => voucher.id),
    ]);
    expect(rows).toEqual([{ n: 4 }]);
    const { rest } = await read(id);
    if (rest.amount !== '0.00') await bringBack(id, rest.amount).expect(201);
    await finish(id);
    expect(await broken()).toEqual([]);
  });

  it('never lets out more than was drawn, when the rest comes back while it is delivered', async () => {
    const vouchers = fresh(3);
    const id = await out(vouchers);
    const answers = await Promise.all([
      ...vouchers.map((voucher) => deliver(id, byCode(voucher))),
      ...['30000.00', '15000.00', '15000.00'].map((amount) => bringBack(id, amount)),
    ]);
    for (const { status, body } of answers) expect([201, 409].includes(status), JSON.stringify(body)).toBe(true);
    const { amount, delivered, returned, rest } = await read(id);
    expect(Number(delivered.amount) + Number(returned.amount) + Number(rest.amount)).toBe(Number(amount.amount));
    expect(await broken()).toEqual([]);
    if (rest.amount !== '0.00') await bringBack(id, rest.amount).expect(201);
    await finish(id);
  });

  it('answers the same to a delivery that is repeated', async () => {
    const [voucher] = fresh(1) as [TestVoucher];
    const id = await out([voucher]);
    const key = newId();
    const answers = await Promise.all(Array.from({ length: 8 }, () => deliver(id, byReceipt(voucher), officer, key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    await finish(id);
  });

  it('counts wrong codes as a counter does, and asks for none when a colleague witnesses', async () => {
    const [voucher] = fresh(1) as [TestVoucher];
    const id = await out([voucher]);
    const digits = String((Number(voucher.code.slice(0, 8)) + 1) % 100_000_000).padStart(8, '0');
    const wrong = { ...voucher, code: digits + dammDigit(digits) };
    expect((await deliver(id, byCode({ ...voucher, code: '12' })).expect(422)).body.code).toBe('code_mistyped');
    for (let i = 0; i < 5; i += 1) expect((await deliver(id, byCode(wrong)).expect(422)).body.code).toBe('code_refused');
    expect((await deliver(id, byReceipt(voucher)).expect(409)).body.code).toBe('voucher_locked');
    const { rows } = await platform.owner.query('select count(*)::int as n from failed_codes where agent_id = $1 and office_id is null', [
      officer.userId,
    ]);
    expect(rows).toEqual([{ n: 5 }]);
    await bringBack(id, '15000.00').expect(201);
    await finish(id);
  });

  it('reaches somebody whose code could not be sent', async () => {
    const [voucher] = await makeVouchers(platform, frame, 1, { send: false });
    if (!voucher) return expect.fail('a voucher was made');
    const id = await out([voucher]);
    await deliver(id, byReceipt(voucher)).expect(201);
    await finish(id);
  });

  it('is for the officer who drew it, from its own round, before another witness', async () => {
    const [voucher, besides, third] = fresh(3) as [TestVoucher, TestVoucher, TestVoucher];
    const id = await out([voucher]);
    const missing = await deliver(newId(), byCode(voucher)).expect(404);
    const hidden = await deliver(id, byCode(voucher), witness).expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    expect((await witness.get(`/v1/advances/${id}`).expect(404)).body.code).toBe('not_found');
    expect((await officer.get(`/v1/advances/${id}`).expect(200)).body.id).toBe(id);
    expect((await deliver(id, byCode(besides)).expect(422)).body.code).toBe('not_on_round');
    expect((await deliver(id, byReceipt(voucher, officer.userId)).expect(403)).body.code).toBe('separation_of_duties');
    expect((await deliver(id, byReceipt(voucher, newId())).expect(403)).body.code).toBe('separation_of_duties');
    // On two rounds at once it would be drawn twice.
    expect((await ask([voucher, besides, besides]).expect(422)).body.errors).toEqual([
      { pointer: '/serials/0', code: 'serial_not_carried', detail: expect.stringContaining('on no other round') },
      { pointer: '/serials/2', code: 'serial_twice', detail: 'It is named twice.' },
    ]);
    const both = await Promise.all([ask([third]), ask([third], witness)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 422]);
    await deliver(id, byCode(voucher)).expect(201);
    await finish(id);
  });

  it('is handed out, taken back and closed by finance, and never by the officer', async () => {
    const [voucher] = fresh(1) as [TestVoucher];
    const both = await platform.as('field_officer', { programme: frame.programmeId });
    await platform.owner.query(
      `insert into role_grants (id, user_id, role, programme_id, granted_by, granted_at) values ($1, $2, 'finance_officer', $3, $4, now())`,
      [newId(), both.userId, frame.programmeId, finance.userId],
    );
    const { body } = await ask([voucher], both).expect(201);
    const handOver = (by: Client) => by.post(`/v1/advances/${body.id}/hand-over`, { reference: 'R-1' });
    await handOver(officer).expect(403);
    expect((await handOver(both).expect(403)).body.code).toBe('separation_of_duties');
    await handOver(finance).expect(200);
    expect((await handOver(finance).expect(409)).body.code).toBe('advance_decided');
    expect((await bringBack(body.id, '1.00', 'R-2', both).expect(403)).body.code).toBe('separation_of_duties');
    await bringBack(body.id, '1.00', 'R-2').expect(201);
    expect((await bringBack(body.id, '1.00', 'R-2').expect(409)).body.code).toBe('conflict');
    for (const amount of ['0.00', '-1.00', '1.001'])
      expect((await bringBack(body.id, amount).expect(422)).body.errors[0].pointer).toBe('/amount/amount');
    await bringBack(body.id, '14999.00').expect(201);
    expect((await close(body.id, both).expect(403)).body.code).toBe('separation_of_duties');
    await finish(body.id);
    expect(await broken()).toEqual([]);
  });

  it('has a round sheet to print and sign on, with names and without codes, while the cash is out', async () => {
    const [one, two] = fresh(2) as [TestVoucher, TestVoucher];
    const { body: asked } = await ask([one, two]).expect(201);
    const sheet = (rest = '', by = officer) => by.get(`/v1/advances/${asked.id}/round-sheet${rest}`);
    expect((await sheet().expect(409)).body.code).toBe('advance_not_out');
    await sheet('', witness).expect(404);
    await sheet('', finance).expect(403);
    await finance.post(`/v1/advances/${asked.id}/hand-over`, { reference: 'R-1' }).expect(200);
    await deliver(asked.id, byReceipt(two)).expect(201);
    const { body } = await sheet().expect(200);
    expect(body).toMatchObject({ round: 'In Guezzam road', amount: dzd('30000.00') });
    const stop = (voucher: TestVoucher, state: string) => ({
      serial: voucher.serial,
      state,
      collector: voucher.person.personal.names,
      commune: 'Alger Centre',
      wilaya: { ar: 'الجزائر', fr: 'Alger' },
    });
    const order = [stop(one, 'to_deliver'), stop(two, 'delivered')].sort((a, b) => (a.serial < b.serial ? -1 : 1));
    expect(body.stops).toMatchObject(order);
    for (const [language, words] of [
      ['ar', 'dir="rtl"'],
      ['fr', 'Feuille de tournée'],
      ['en', 'Signature of the witness'],
    ] as const) {
      const { text } = await sheet(`/page?language=${language}`)
        .expect(200)
        .expect('content-type', /text\/html/);
      expect(text).toContain(words);
      expect(text).toContain(one.person.personal.names.given);
      expect(text.match(/class="blank"/g)?.length).toBe(3);
      for (const { code } of [one, two]) expect(text.replaceAll(/\D/g, '')).not.toContain(code);
    }
    const { rows } = await platform.owner.query(
      `select operation, count(*)::int as n from person_reads
        where operation like 'getRoundSheet%' and actor_id = $1 and $2 = any(beneficiary_ids) group by operation`,
      [officer.userId, one.person.id],
    );
    expect(rows.sort((a, b) => a.n - b.n)).toEqual([
      { operation: 'getRoundSheet', n: 1 },
      { operation: 'getRoundSheetPage', n: 3 },
    ]);
    const taken = await platform.owner.query('select exports, people::int as people from export_counts where user_id = $1', [
      officer.userId,
    ]);
    expect(taken.rows).toEqual([{ exports: 3, people: 6 }]);
    await bringBack(asked.id, '15000.00').expect(201);
    await finish(asked.id);
  });

  it('is neither drawn nor delivered by who had a hand in the list', async () => {
    const [voucher] = await makeVouchers(platform, frame, 1);
    if (!voucher) return expect.fail('a voucher was made');
    const approver = await platform.as('field_officer', { programme: frame.programmeId });
    const id = await out([voucher], approver);
    // As if their role had been another when the list was made.
    await platform.owner.query(`alter table payment_list_hands disable trigger in_turn`);
    await platform.owner.query(`insert into payment_list_hands (list_id, user_id, hand, at) values ($1, $2, 'maker', now())`, [
      voucher.listId,
      approver.userId,
    ]);
    await platform.owner.query(`alter table payment_list_hands enable trigger in_turn`);
    for (const body of [byCode(voucher), byReceipt(voucher)])
      expect((await deliver(id, body, approver).expect(403)).body.code).toBe('separation_of_duties');
    await bringBack(id, '15000.00').expect(201);
    await finish(id);
    expect((await ask([voucher], approver).expect(403)).body.code).toBe('separation_of_duties');
  });

  it('is not handled by whom a deputy signed for', async () => {
    const [voucher] = await makeVouchers(platform, frame, 1);
    if (!voucher) return expect.fail('a voucher was made');
    const [principal, bystander] = [
      await platform.as('field_officer', { programme: frame.programmeId }),
      await platform.as('field_officer', { programme: frame.programmeId }),
    ];
    await platform.owner.query('set session_replication_role = replica');
    const hands = `update payment_list_hands set for_user_id = $2, delegation_id = $3 where list_id = $1 and hand = 'approver'`;
    const signFor = (userId: string) => platform.owner.query(hands, [voucher.listId, userId, newId()]);
    await signFor(principal.userId);
    expect((await ask([voucher], principal).expect(403)).body.code).toBe('separation_of_duties');
    const id = await out([voucher], bystander);
    expect((await deliver(id, byReceipt(voucher, principal.userId), bystander).expect(403)).body.code).toBe('separation_of_duties');
    await signFor(bystander.userId);
    await platform.owner.query('set session_replication_role = origin');
    for (const body of [byCode(voucher), byReceipt(voucher)])
      expect((await deliver(id, body, bystander).expect(403)).body.code).toBe('separation_of_duties');
    await bringBack(id, '15000.00').expect(201);
    await finish(id);
    // Nor at a counter.
    await platform.owner.query('set session_replication_role = replica');
    await signFor(agent.userId);
    await platform.owner.query('set session_replication_role = origin');
    expect((await atCounter(voucher).expect(403)).body.code).toBe('separation_of_duties');
  });

  it('is witnessed by a colleague who neither brought the person in nor vouched for them, and who still works here', async () => {
    const [voucher] = fresh(1) as [TestVoucher];
    const id = await out([voucher]);
    const [entered, verified, gone, elsewhere] = [
      await platform.as('field_officer', { programme: frame.programmeId }),
      await platform.as('field_officer', { programme: frame.programmeId }),
      await platform.as('field_officer', { programme: frame.programmeId }),
      await platform.as('field_officer', { programme: newId() }),
    ];
    await platform.owner.query('set session_replication_role = replica');
    await platform.owner.query('update enrolments set entered_by = $2, verified_by = $3 where beneficiary_id = $1', [
      voucher.person.id,
      entered.userId,
      verified.userId,
    ]);
    await platform.owner.query('set session_replication_role = origin');
    await platform.owner.query('update users set disabled_at = now() where id = $1', [gone.userId]);
    for (const { userId } of [entered, verified, gone, elsewhere])
      expect((await deliver(id, byReceipt(voucher, userId)).expect(403)).body.code).toBe('separation_of_duties');
    await deliver(id, byReceipt(voucher)).expect(201);
    await finish(id);
  });

  it('explains a refusal in the language of who stands at the door', async () => {
    const [voucher, besides] = fresh(2) as [TestVoucher, TestVoucher];
    const id = await out([voucher]);
    const said = async (delivery: object, language: string) =>
      (await deliver(id, delivery).set('Accept-Language', language)).body as { code: string; detail: string };
    expect(await said(byCode(besides), 'fr')).toMatchObject({ code: 'not_on_round', detail: french.not_on_round });
    expect(await said(byCode(besides), 'ar')).toMatchObject({ code: 'not_on_round', detail: arabic.not_on_round });
    const mistyped = { ...byCode(voucher), serial: voucher.serial.replace(/.$/, (digit) => String((Number(digit) + 1) % 10)) };
    expect(await said(mistyped, 'ar')).toMatchObject({ errors: [{ pointer: '/serial', detail: arabic.serial_mistyped }] });
    await deliver(id, byCode(voucher)).expect(201);
    expect((await said(byCode(voucher), 'fr')).detail).toMatch(/^Payé le .* en main propre/);
    await finish(id);
  });

  it('asks for a second factor when the cash is handed out and when names go on paper, and for none at each door', async () => {
    const [voucher] = fresh(1) as [TestVoucher];
    const { body } = await ask([voucher]).expect(201);
    const stale = `update sessions set second_factor_at = second_factor_at - interval '6 minutes' where user_id = any($1)`;
    await platform.owner.query(stale, [[finance.userId, officer.userId]]);
    const handOver = () => finance.post(`/v1/advances/${body.id}/hand-over`, { reference: 'R-1' });
    expect((await handOver().expect(401)).body.code).toBe('step_up_required');
    await platform.owner.query('update sessions set second_factor_at = $2 where user_id = $1', [finance.userId, platform.clock.now()]);
    await handOver().expect(200);
    const onPaper = await officer.get(`/v1/advances/${body.id}/round-sheet/page`).expect(401);
    expect(onPaper.body.code).toBe('step_up_required');
    await officer.get(`/v1/advances/${body.id}/round-sheet`).expect(200);
    await deliver(body.id, byCode(voucher)).expect(201);
    await finish(body.id);
  });

  it('cannot be forged in plain SQL', async () => {
    const [voucher, besides] = fresh(2) as [TestVoucher, TestVoucher];
    const { body } = await ask([voucher]).expect(201);
    const id: string = body.id;
    const sql = await platform.applicationClient();
    const refusedBy = (constraint: string) => ({ constraint });
    const hand = (amount = 'amount') =>
      sql.query(
        `update advances set state = 'handed', handed_by = gen_random_uuid(), handed_at = now(), handed_reference = 'R' where id = $1 and amount = ${amount}`,
        [id],
      );
    const pay = async (agentId: string, advanceId: string, of = voucher, proof = true) => {
      await sql.query('begin');
      try {
        await sql.query(`update vouchers set state = 'redeemed' where id = $1`, [of.id]);
        const payoutId = newId();
        await sql.query(
          `insert into payouts (id, voucher_id, advance_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
          select $1, id, $2, $3, collector_id, amount, currency, 'passport', '1234', now(), current_date from vouchers where id = $4`,
          [payoutId, advanceId, agentId, of.id],
        );
        if (proof) await sql.query(`insert into deliveries values ($1, 'code', null, null)`, [payoutId]);
        await sql.query('commit');
      } catch (error) {
        await sql.query('rollback');
        throw error;
      }
    };
    await expect(pay(officer.userId, id)).rejects.toMatchObject(refusedBy('payouts_of_advance'));
    await expect(
      sql.query(`insert into advance_vouchers (advance_id, voucher_id) values ($1, $2)`, [id, voucher.id]),
    ).rejects.toMatchObject({ code: '23505' });
    await sql.query(`insert into advance_vouchers (advance_id, voucher_id) values ($1, $2)`, [id, besides.id]);
    await expect(hand()).rejects.toMatchObject(refusedBy('advances_of_round'));
    await officer.post(`/v1/advances/${id}/withdraw`).expect(200);
    const again = (await ask([voucher]).expect(201)).body.id;
    await finance.post(`/v1/advances/${again}/hand-over`, { reference: 'R-1' }).expect(200);
    await expect(
      sql.query(`insert into advance_vouchers (advance_id, voucher_id) values ($1, $2)`, [again, besides.id]),
    ).rejects.toMatchObject(refusedBy('advance_vouchers_of_fund'));
    await expect(pay(witness.userId, again)).rejects.toMatchObject(refusedBy('payouts_of_advance'));
    await expect(pay(officer.userId, again, besides)).rejects.toMatchObject(refusedBy('payouts_of_advance'));
    await expect(pay(officer.userId, newId())).rejects.toMatchObject(refusedBy('payouts_of_advance'));
    await expect(pay(officer.userId, again, voucher, false)).rejects.toMatchObject(refusedBy('payouts_delivery_proven'));
    const bring = (amount: string) =>
      sql.query(`insert into advance_returns values (gen_random_uuid(), $1, $2, 'DZD', 'X', gen_random_uuid(), now())`, [again, amount]);
    await expect(bring('15000.01')).rejects.toMatchObject(refusedBy('advances_within_drawn'));
    const end = (columns: string) => sql.query(`update advances set ${columns}, ended_at = now() where id = $1`, [again]);
    await expect(end(`state = 'closed', ended_by = gen_random_uuid()`)).rejects.toMatchObject(refusedBy('advances_closed_at_zero'));
    await expect(end(`state = 'withdrawn', ended_by = officer_id`)).rejects.toMatchObject(refusedBy('advances_transition'));
    for (const statement of [
      'update advances set delivered = 0',
      'update advances set returned = amount',
      'update advances set amount = 1',
      'update advances set officer_id = gen_random_uuid()',
      'update advance_vouchers set is_open = false',
      'delete from advances',
      'delete from advance_vouchers',
      'update deliveries set witness_id = null',
      'delete from deliveries',
      'update advance_returns set amount = 1',
      'delete from advance_returns',
    ])
      await expect(sql.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    await expect(
      sql.query(
        `update payouts set voided_at = now(), voided_by = gen_random_uuid(), void_reason = 'By hand' where advance_id is not null`,
      ),
    ).rejects.toMatchObject(refusedBy('payouts_void_of_open_advance'));
    await bringBack(again, '15000.00').expect(201);
    await finish(again);
  });

  it('is refused by finance or withdrawn by who asked, and listed with its age while it is out', async () => {
    const [first, second] = fresh(2) as [TestVoucher, TestVoucher];
    const refused = (await ask([first]).expect(201)).body.id;
    await finance.post(`/v1/advances/${refused}/refuse`, { reason: 'The road is closed' }).expect(200);
    const withdrawn = (await ask([first]).expect(201)).body.id;
    await witness.post(`/v1/advances/${withdrawn}/withdraw`).expect(404);
    expect((await officer.post(`/v1/advances/${withdrawn}/withdraw`).expect(200)).body.state).toBe('withdrawn');
    const id = await out([first, second]);
    await platform.owner.query(`alter table advances disable trigger all`);
    await platform.owner.query(`update advances set handed_at = handed_at - interval '9 days' where id = $1`, [id]);
    await platform.owner.query(`alter table advances enable trigger all`);
    const { body } = await finance.get(`/v1/programmes/${frame.programmeId}/advances?state=handed`).expect(200);
    expect(body.items).toMatchObject([{ id, daysOut: 9, rest: dzd('30000.00'), officerId: officer.userId }]);
    expect((await officer.get('/v1/advances?state=handed').expect(200)).body.items.map((one: { id: string }) => one.id)).toEqual([id]);
    expect((await witness.get('/v1/advances').expect(200)).body.items.every((one: { id: string }) => one.id !== id)).toBe(true);
    await bringBack(id, '30000.00').expect(201);
    await finish(id);
  });
});
