import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeVouchers, type TestVoucher } from '../../test/support/vouchers.ts';
import { dammDigit, mod97Digits } from '../platform/index.ts';

describe('a pay-out', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let agent: Client;
  let supply: TestVoucher[];
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    agent = await platform.as('agent', { office: frame.officeId });
    supply = await makeVouchers(platform, frame, 20);
  });
  afterAll(() => platform.close());

  const fresh = (): TestVoucher => supply.pop() ?? expect.fail('more vouchers are needed');
  const request = ({ serial, code }: { serial: string; code: string }, overrides: object = {}) => ({
    officeId: frame.officeId,
    locator: { serial },
    code,
    documentType: 'passport',
    documentLastFour: '0042',
    ...overrides,
  });
  const wrong = (code: string): string => {
    const digits = String((Number(code.slice(0, 8)) + 1) % 100_000_000).padStart(8, '0');
    return digits + dammDigit(digits);
  };
  const one = async <Row extends object>(text: string, ...values: unknown[]): Promise<Row> =>
    (await platform.owner.query(text, values)).rows[0] as Row;
  const traces = (voucher: TestVoucher) =>
    one<{ state: string; failed: number; payouts: number; entries: number; events: number }>(
      `select state, failed_attempts as failed, (select count(*)::int from payouts where voucher_id = v.id) as payouts,
      (select count(*)::int from journal_entries e join payouts p on p.id = e.subject_id where p.voucher_id = v.id and e.event = 'payout') as entries,
      (select count(*)::int from audit_events where subject_id = v.id::text and command = 'cashout.redeem' and refusal is null) as events
    from vouchers v where id = $1`,
      voucher.id,
    );

  it('hands over the cash once and says when and where', async () => {
    const voucher = fresh();
    const { body } = await agent.post('/v1/payouts', request(voucher)).expect(201);
    expect(body).toMatchObject({
      voucherId: voucher.id,
      serial: voucher.serial,
      amount: { amount: '15000.00', currency: 'DZD' },
      office: { code: frame.officeCode, name: 'Grande Poste' },
      agentId: agent.userId,
      voidedAt: null,
    });
    expect(await traces(voucher)).toEqual({ state: 'redeemed', failed: 0, payouts: 1, entries: 1, events: 1 });
    const again = await agent.post('/v1/payouts', request(voucher)).expect(409);
    expect(again.body).toMatchObject({
      code: 'already_paid',
      paidAt: body.paidAt,
      officeCode: frame.officeCode,
      officeName: 'Grande Poste',
    });
    expect(await traces(voucher)).toMatchObject({ payouts: 1, entries: 1, events: 1 });
  });

  it('is made once when fifty ask at the same time, each on their own', async () => {
    const voucher = fresh();
    const answers = await Promise.all(Array.from({ length: 50 }, () => agent.post('/v1/payouts', request(voucher))));
    const paid = answers.filter(({ status }) => status === 201);
    expect(paid.length).toBe(1);
    for (const { status, body } of answers.filter((answer) => !paid.includes(answer))) {
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'already_paid' });
      expect(body).toMatchObject({ paidAt: paid[0]?.body.paidAt, officeCode: frame.officeCode });
    }
    expect(await traces(voucher)).toEqual({ state: 'redeemed', failed: 0, payouts: 1, entries: 1, events: 1 });
    const books = await one<{ total: string; guarded: boolean }>(`select sum(p.amount)::text as total,
      bool_and(not a.guarded or a.balance = (select coalesce(sum(amount), 0) from postings where account_id = a.id)) as guarded
      from postings p join accounts a on a.id = p.account_id`);
    expect(Number(books.total)).toBe(0);
    expect(books.guarded).toBe(true);
  });

  it('answers the same fifty times to one request that is repeated at the same time', async () => {
    const voucher = fresh();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 50 }, () => agent.post('/v1/payouts', request(voucher), key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await traces(voucher)).toEqual({ state: 'redeemed', failed: 0, payouts: 1, entries: 1, events: 1 });
  });

  it('finds a voucher by phone, document or registration number, however the code is written', async () => {
    const [byPhone, byDocument, byNumber] = [fresh(), fresh(), fresh()];
    const arabic = byPhone.code.replaceAll(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)));
    await agent
      .post('/v1/payouts', request({ ...byPhone, code: arabic }, { locator: { phone: byPhone.person.personal.phones[0] } }))
      .expect(201);
    const [document] = byDocument.person.personal.documents;
    await agent
      .post(
        '/v1/payouts',
        request(byDocument, {
          locator: {
            documentNumber: `${document?.number.toLowerCase().slice(0, 3)} ${document?.number.slice(3)}`,
            issuingCountry: 'MLI',
          },
        }),
      )
      .expect(201);
    const locator = { registrationNumber: byNumber.person.registrationNumber };
    const spaced = byNumber.code.replaceAll(/(\d{3})(?=\d)/g, '$1 ');
    const { body } = await agent.post('/v1/payouts', request({ ...byNumber, code: spaced }, { locator })).expect(201);
    expect(body.voucherId).toBe(byNumber.id);
    expect((await agent.post('/v1/payouts', request(byNumber, { locator })).expect(409)).body.code).toBe('already_paid');
  });

  it('tells vouchers on one shared phone apart by their codes, and by a mistake locks nobody else', async () => {
    const phones = ['+213550999999'];
    const people = await Promise.all(Array.from({ length: 12 }, () => makePerson(platform, frame.programmeId, { phones })));
    const vouchers = await makeVouchers(platform, frame, 12, { people });
    const locator = { phone: phones[0] };
    const clumsy = await platform.as('agent', { office: frame.officeId });
    for (const voucher of vouchers.slice(0, 6))
      await clumsy.post('/v1/payouts', request({ ...voucher, code: wrong(voucher.code) }, { locator })).expect(422);
    expect(new Set(await Promise.all(vouchers.map(async (voucher) => (await traces(voucher)).failed)))).toEqual(new Set([0]));
    const counted = await one('select count(*)::int as failures from failed_codes where agent_id = $1', clumsy.userId);
    expect(counted).toEqual({ failures: 6 });
    // Whichever of them was issued first and whichever last.
    for (const voucher of [vouchers[0], vouchers[11]] as [TestVoucher, TestVoucher])
      expect((await agent.post('/v1/payouts', request(voucher, { locator })).expect(201)).body.voucherId).toBe(voucher.id);
    expect(await traces(vouchers[5] as TestVoucher)).toMatchObject({ state: 'activated', payouts: 0 });
  });

  it('counts a wrong code against each voucher of the one person whom it is tried on', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const [first] = (await makeVouchers(platform, frame, 1, { people: [person] })) as [TestVoucher];
    const [second] = (await makeVouchers(platform, frame, 1, { people: [person] })) as [TestVoucher];
    const locator = { registrationNumber: person.registrationNumber };
    await agent.post('/v1/payouts', request({ ...second, code: wrong(second.code) }, { locator })).expect(422);
    expect([(await traces(first)).failed, (await traces(second)).failed]).toEqual([1, 1]);
  });

  it('costs no attempt when the check digit is wrong', async () => {
    const voucher = fresh();
    const mistyped = voucher.code.slice(0, 8) + String((Number(voucher.code[8]) + 1) % 10);
    for (const code of [mistyped, '12', 'abc']) {
      expect((await agent.post('/v1/payouts', request({ ...voucher, code })).expect(422)).body.code).toBe('code_mistyped');
    }
    const serial = voucher.serial.slice(0, 13) + String((Number(voucher.serial[13]) + 1) % 10);
    const { body } = await agent.post('/v1/payouts', request({ code: voucher.code, serial })).expect(422);
    expect(body.errors[0].pointer).toBe('/locator/serial');
    expect(await traces(voucher)).toMatchObject({ state: 'activated', failed: 0 });
    expect(await one('select count(*)::int as failures from failed_codes where voucher_id = $1', voucher.id)).toEqual({ failures: 0 });
  });

  it('is locked by the fifth wrong code, however many come at once', async () => {
    const voucher = fresh();
    const guesser = await platform.as('agent', { office: frame.officeId });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => guesser.post('/v1/payouts', request({ ...voucher, code: wrong(voucher.code) }))),
    );
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set(['code_refused']));
    expect(await traces(voucher)).toMatchObject({ state: 'locked', failed: 5, payouts: 0 });
    expect((await agent.post('/v1/payouts', request(voucher)).expect(409)).body.code).toBe('voucher_locked');
    // The agent who tried twenty codes pays nobody out for an hour.
    const other = fresh();
    expect((await guesser.post('/v1/payouts', request(other)).expect(429)).body.code).toBe('agent_locked');
    await agent.post('/v1/payouts', request(other)).expect(201);
  });

  it('counts a wrong code once when its request is repeated', async () => {
    const voucher = fresh();
    const attempt = () => agent.post('/v1/payouts', request({ ...voucher, code: wrong(voucher.code) }), 'one-wrong-code');
    expect((await attempt().expect(422)).body.code).toBe('code_refused');
    expect((await attempt().expect(422)).body.code).toBe('code_refused');
    expect(await traces(voucher)).toMatchObject({ state: 'activated', failed: 1 });
    expect(await one(`select refusal, programme_id from audit_events where subject_id = $1 and refusal is not null`, voucher.id)).toEqual({
      refusal: 'code_refused',
      programme_id: frame.programmeId,
    });
  });

  it('tells a guesser nothing: no voucher, a paid one and a live one all sound alike', async () => {
    const [live, paid] = [fresh(), fresh()];
    await agent.post('/v1/payouts', request(paid)).expect(201);
    const guesser = await platform.as('agent', { office: frame.officeId });
    const locators = [
      { serial: `123456789012${mod97Digits('123456789012')}` },
      { phone: '+213559999999' },
      { documentNumber: 'NOBODY', issuingCountry: 'MLI' },
      { registrationNumber: `999999999${dammDigit('999999999')}` },
      { serial: live.serial },
      { serial: paid.serial },
    ];
    const answers = [];
    for (const locator of locators) {
      const { body } = await guesser.post('/v1/payouts', request({ ...live, code: wrong(live.code) }, { locator })).expect(422);
      answers.push(body);
    }
    expect(new Set(answers.map((body) => JSON.stringify({ ...body, requestId: '' }))).size).toBe(1);
    expect(answers[0].code).toBe('code_refused');
    expect(await traces(paid)).toMatchObject({ state: 'redeemed', failed: 0 });
    expect(await one('select count(*)::int as failures from failed_codes where agent_id = $1', guesser.userId)).toEqual({
      failures: locators.length,
    });
  });

  it('is not begun by an office that is closed or without cash, which says so before the code is used', async () => {
    const voucher = fresh();
    const { owner } = platform;
    await owner.query('update offices set is_open = false where id = $1', [frame.officeId]);
    expect((await agent.post('/v1/payouts', request({ ...voucher, code: wrong(voucher.code) })).expect(409)).body.code).toBe(
      'office_closed',
    );
    await owner.query('update offices set is_open = true, has_cash = false where id = $1', [frame.officeId]);
    expect((await agent.post('/v1/payouts', request({ ...voucher, code: wrong(voucher.code) })).expect(409)).body.code).toBe(
      'office_without_cash',
    );
    const lookUp = { officeId: frame.officeId, locator: { serial: voucher.serial }, code: voucher.code };
    expect((await agent.post('/v1/look-ups', lookUp).expect(409)).body.code).toBe('office_without_cash');
    await owner.query('update offices set has_cash = true where id = $1', [frame.officeId]);
    expect(await one('select count(*)::int as times from cash_refusals where voucher_id = $1', voucher.id)).toEqual({ times: 2 });
    await expect(owner.query('update cash_refusals set at = now()')).rejects.toMatchObject({ constraint: 'cash_refusals_append_only' });
    expect(await traces(voucher)).toMatchObject({ state: 'activated', failed: 0 });
  });

  it('is for an agent of that office, who sees their own pay-outs; finance sees those of its programme', async () => {
    const voucher = fresh();
    const elsewhere = await makeFrame(platform);
    const stranger = await platform.as('agent', { office: elsewhere.officeId });
    await stranger.post('/v1/payouts', request(voucher)).expect(404);
    const finance = await platform.as('finance_officer', { programme: frame.programmeId });
    await finance.post('/v1/payouts', request(voucher)).expect(403);
    const { body } = await agent.post('/v1/payouts', request(voucher)).expect(201);
    expect((await agent.get(`/v1/payouts/${body.id}`).expect(200)).body).toEqual(body);
    expect((await finance.get(`/v1/payouts/${body.id}`).expect(200)).body).toEqual(body);
    const colleague = await platform.as('agent', { office: frame.officeId });
    const otherFinance = await platform.as('finance_officer', { programme: elsewhere.programmeId });
    const missing = await finance.get(`/v1/payouts/${randomUUID()}`).expect(404);
    for (const nosy of [colleague, stranger, otherFinance]) {
      const hidden = await nosy.get(`/v1/payouts/${body.id}`).expect(404);
      expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    }
    await (await platform.as('enrolment_officer')).get(`/v1/payouts/${body.id}`).expect(403);
    await otherFinance.get(`/v1/programmes/${frame.programmeId}/payouts`).expect(404);
  });

  it('is listed by programme, day and office, page by page', async () => {
    const finance = await platform.as('finance_officer', { programme: frame.programmeId });
    const path = `/v1/programmes/${frame.programmeId}/payouts`;
    const seen: { id: string; paidOn: string }[] = [];
    let cursor = '';
    do {
      const { body } = await finance.get(`${path}?limit=3${cursor && `&cursor=${cursor}`}`).expect(200);
      seen.push(...body.items);
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(seen.map(({ id }) => id)).toEqual((await platform.owner.query('select id from payouts order by id')).rows.map(({ id }) => id));
    const count = async (query: string) => (await finance.get(`${path}?limit=200&${query}`).expect(200)).body.items.length;
    expect(await count(`paidOn=${seen[0]?.paidOn}&officeId=${frame.officeId}`)).toBe(seen.length);
    expect(await count('paidOn=2020-01-01')).toBe(0);
    expect(await count(`officeId=${randomUUID()}`)).toBe(0);
  });
});
