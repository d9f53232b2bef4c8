import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { enrolledDevice, signedInByPin } from '../../test/support/device.ts';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeUser, signedIn } from '../../test/support/sign-in.ts';
import { makeVouchers, type TestVoucher } from '../../test/support/vouchers.ts';
import { dammDigit, dateIn, KeyRing, newId } from '../platform/index.ts';
import { arabic } from './words/ar.ts';
import { french } from './words/fr.ts';

/** Somebody who can ask for something. */
interface Asker {
  post(path: string, body: object): supertest.Test;
}

describe('a counter, where a voucher is looked up and then paid', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let agent: Client;
  let officer: Client;
  let sql: pg.Client;
  let supply: TestVoucher[];
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    agent = await platform.as('agent', { office: frame.officeId });
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
    sql = await platform.applicationClient();
    supply = await makeVouchers(platform, frame, 19);
  });
  afterAll(() => platform.close());

  const fresh = (): TestVoucher => supply.pop() ?? expect.fail('more vouchers are needed');
  const told = ({ serial, code }: { serial: string; code: string }) => ({ officeId: frame.officeId, locator: { serial }, code });
  const look = async (voucher: TestVoucher, by: Asker = agent) => (await by.post('/v1/look-ups', told(voucher)).expect(201)).body;
  const confirm = (collectorId: string, lastFour = '0042') => ({ collectorId, documentType: 'passport', documentLastFour: lastFour });
  const pay = (lookUpId: string, collectorId: string, by: Asker = agent, lastFour?: string) =>
    by.post(`/v1/look-ups/${lookUpId}/payout`, confirm(collectorId, lastFour));
  const codeOf = (answer: { body: { code: string } }) => answer.body.code;
  const wrong = (code: string): string => {
    const digits = String((Number(code.slice(0, 8)) + 1) % 100_000_000).padStart(8, '0');
    return digits + dammDigit(digits);
  };
  const payoutOf = async (voucher: TestVoucher) =>
    (
      await platform.owner.query(
        'select id, collector_id, alternate_id, document_differs, till_id from payouts where voucher_id = $1 and voided_at is null',
        [voucher.id],
      )
    ).rows;
  const dayFrom = (days: number) => dateIn('Africa/Algiers', new Date(platform.clock.now().getTime() + days * 86_400_000));
  /** Somebody who may collect for a voucher's household until a day. */
  const alternateOf = async ({ person }: TestVoucher, validUntil: string, number = 'MLI 99 4711') =>
    (
      await officer
        .post(`/v1/households/${person.householdId}/collectors`, {
          names: { given: 'Bakary', family: 'Condé' },
          document: { type: 'passport', number, issuingCountry: 'MLI' },
          validUntil,
        })
        .expect(201)
    ).body.id as string;

  it('names whom to call and pays once, and the answer to a second try says when and where', async () => {
    const voucher = fresh();
    const found = await look(voucher);
    expect(found).toEqual({
      id: expect.any(String),
      expiresAt: expect.any(String),
      serial: voucher.serial,
      amount: { amount: '15000.00', currency: 'DZD' },
      beneficiaryId: voucher.person.id,
      collectors: [
        { collectorId: voucher.person.id, as: 'person', beneficiaryId: voucher.person.id, names: voucher.person.personal.names },
      ],
      warnings: [{ code: 'check_document', detail: expect.any(String) }],
    });
    const number = voucher.person.personal.documents[0]?.number ?? '';
    expect(JSON.stringify(found)).not.toContain(number.slice(-4));
    const { rows: reads } = await platform.owner.query('select operation, purpose, beneficiary_ids from person_reads where actor_id = $1', [
      agent.userId,
    ]);
    expect(reads).toEqual([{ operation: 'lookUpVoucher', purpose: 'cash_out', beneficiary_ids: [voucher.person.id] }]);
    expect(await payoutOf(voucher)).toEqual([]);

    const { body } = await pay(found.id, voucher.person.id, agent, number.slice(-4)).expect(201);
    expect(body).toMatchObject({ voucherId: voucher.id, collector: { id: voucher.person.id, as: 'person' }, agentId: agent.userId });
    expect(await payoutOf(voucher)).toMatchObject([{ alternate_id: null, document_differs: false }]);
    const again = await pay(found.id, voucher.person.id).expect(409);
    expect(again.body).toMatchObject({ code: 'already_paid', paidAt: body.paidAt, officeCode: frame.officeCode });
    // Nothing that a code could be made of is in what is kept of a look-up.
    const { rows } = await platform.owner.query('select to_jsonb(l)::text as kept from look_ups l where id = $1', [found.id]);
    expect(rows[0].kept).not.toContain(voucher.code.slice(0, 8));
  });

  it('shows nothing before the right code, which counts as in one call, and sounds alike whatever there is', async () => {
    const voucher = fresh();
    const guesser = await platform.as('agent', { office: frame.officeId });
    const derived = vi.spyOn(KeyRing.prototype, 'derive');
    const bodies = [];
    const work: number[] = [];
    for (const locator of [
      { serial: voucher.serial },
      { phone: '+213559999999' },
      { registrationNumber: `999999999${dammDigit('999999999')}` },
    ]) {
      const { body } = await guesser.post('/v1/look-ups', { ...told({ ...voucher, code: wrong(voucher.code) }), locator }).expect(422);
      bodies.push(JSON.stringify({ ...body, requestId: '' }));
      work.push(derived.mock.calls.filter(([, purpose]) => purpose === 'voucher-code').length);
      derived.mockClear();
    }
    derived.mockRestore();
    expect(new Set(bodies).size).toBe(1);
    // One code is worked out each time, whether there is a voucher or not.
    expect(work).toEqual([1, 1, 1]);
    const { rows } = await platform.owner.query('select failed_attempts from vouchers where id = $1', [voucher.id]);
    expect(rows).toEqual([{ failed_attempts: 1 }]);
    expect((await look(voucher)).warnings.map(({ code }: { code: string }) => code)).toEqual(['check_document', 'codes_tried']);
    expect((await platform.owner.query('select from look_ups where agent_id = $1', [guesser.userId])).rowCount).toBe(0);
    await (await platform.as('office_supervisor', { office: frame.officeId })).post('/v1/look-ups', told(voucher)).expect(403);
    await (await platform.as('agent')).post('/v1/look-ups', told(voucher)).expect(404);
  });

  it('is paid by the agent who looked it up, on the same device, and by nobody else', async () => {
    const voucher = fresh();
    const clerk = await makeUser(platform, { role: 'agent', officeId: frame.officeId });
    const device = await enrolledDevice(platform, clerk, frame.officeId);
    const atCounter = await signedInByPin(platform, device, clerk.id);
    const { id } = await look(voucher, atCounter);
    const missing = await pay(newId(), voucher.person.id).expect(404);
    const sameClerkElsewhere = await signedIn(platform, clerk);
    for (const thief of [agent, await platform.as('agent'), sameClerkElsewhere]) {
      const hidden = await pay(id, voucher.person.id, thief).set('Accept-Language', 'en').expect(404);
      expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    }
    expect((await pay(id, voucher.person.id, atCounter).expect(201)).body).toMatchObject({ agentId: clerk.id, deviceId: device.id });
  });

  it('is paid once when its look-up is used twenty times at once, and answers alike to one request repeated', async () => {
    const [voucher, other] = [fresh(), fresh()];
    const { id } = await look(voucher);
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay(id, voucher.person.id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
    expect(new Set(answers.filter(({ status }) => status === 409).map(codeOf))).toEqual(new Set(['already_paid']));
    const found = await look(other);
    const key = randomUUID();
    const same = await Promise.all(
      Array.from({ length: 5 }, () => agent.post(`/v1/look-ups/${found.id}/payout`, confirm(other.person.id), key)),
    );
    expect(new Set(same.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect((await payoutOf(other)).length).toBe(1);
  });

  it('is over after ten minutes, and as soon as the code is another one', async () => {
    const [late, renewed] = [fresh(), fresh()];
    const found = await look(renewed);
    const finance = await Promise.all([1, 2].map(() => platform.as('finance_officer', { programme: frame.programmeId })));
    const { body } =
      (await finance[0]?.post(`/v1/vouchers/${renewed.id}/changes`, { kind: 'reissue', reason: 'Phone was lost' }).expect(201)) ??
      expect.fail();
    await finance[1]?.post(`/v1/voucher-changes/${body.id}/confirm`).expect(200);
    expect(codeOf(await pay(found.id, renewed.person.id).expect(409))).toBe('look_up_over');
    const { id } = await look(late);
    platform.clock.skip(10 * 60_000);
    expect(codeOf(await pay(id, late.person.id).expect(409))).toBe('look_up_over');
    expect([await payoutOf(late), await payoutOf(renewed)]).toEqual([[], []]);
    await pay((await look(late)).id, late.person.id).expect(201);
  });

  it('is paid to an alternate of the household whose day is not over, in two calls and in one, and to nobody else', async () => {
    const [two, one, stranger] = [fresh(), fresh(), fresh()];
    const uncle = await alternateOf(two, dayFrom(3));
    const gone = await alternateOf(two, dayFrom(3));
    const outsider = await alternateOf(stranger, dayFrom(3));
    await officer.post(`/v1/households/${two.person.householdId}/collectors/${gone}/end`, { reason: 'Moved away' }).expect(200);
    const lastDay = await alternateOf(one, dayFrom(0));
    const found = await look(two);
    expect(found.collectors.slice(1)).toEqual([
      { collectorId: uncle, as: 'alternate', beneficiaryId: null, names: { given: 'Bakary', family: 'Condé' } },
    ]);
    expect(JSON.stringify(found)).not.toContain('4711');
    for (const nobody of [gone, outsider, stranger.person.id, newId()])
      expect(codeOf(await pay(found.id, nobody).expect(409))).toBe('not_a_collector');
    const { body } = await pay(found.id, uncle, agent, '0815').expect(201);
    expect(body.collector).toEqual({ id: uncle, as: 'alternate' });
    expect(await payoutOf(two)).toMatchObject([{ collector_id: two.person.id, alternate_id: uncle, document_differs: true }]);
    const redeem = { ...told(one), ...confirm(lastDay, '4711') };
    const { body: paid } = await agent.post('/v1/payouts', redeem).expect(201);
    expect((await agent.get(`/v1/payouts/${paid.id}`).expect(200)).body).toEqual(paid);
    expect(await payoutOf(one)).toMatchObject([{ alternate_id: lastDay, document_differs: false }]);
  });

  it('is not paid to an alternate whose day is over, or who is taken back while it is being paid', async () => {
    const [late, racing] = [fresh(), fresh()];
    const yesterday = await alternateOf(late, dayFrom(0));
    const cousin = await alternateOf(racing, dayFrom(3));
    await platform.owner.query(`update collectors set valid_until = valid_until - 1 where id = $1`, [yesterday]);
    const found = await look(late);
    expect(found.collectors.length).toBe(1);
    expect(codeOf(await pay(found.id, yesterday).expect(409))).toBe('not_a_collector');
    const { id } = await look(racing);
    await sql.query('begin');
    await sql.query('update collectors set ended_at = added_at, ended_by = gen_random_uuid() where id = $1', [cousin]);
    const [answer] = await Promise.all([pay(id, cousin), someoneWaits().then(() => sql.query('commit'))]);
    expect([answer.status, codeOf(answer)]).toEqual([409, 'not_a_collector']);
    expect(await payoutOf(racing)).toEqual([]);
  });

  /** Until a pay-out waits for a lock. */
  async function someoneWaits(): Promise<void> {
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ~ 'payouts'`;
    while ((await platform.owner.query(waiting)).rowCount === 0);
  }

  it('is closed outside its hours, says when it opens, and has not used the code', async () => {
    const voucher = fresh();
    const { id } = await look(voucher);
    const day = (days: number) => new Date(`${dayFrom(days)}T00:00:00Z`);
    const weekday = day(1).getUTCDay() || 7;
    const hours = `insert into office_hours values ($1, $2, '08:00', '16:00')`;
    await platform.owner.query(hours, [frame.officeId, weekday]);
    const opensAt = `${dayFrom(1)}T07:00:00.000Z`;
    for (const answer of [
      agent.post('/v1/payouts', { ...told({ ...voucher, code: wrong(voucher.code) }), ...confirm(voucher.person.id) }),
      agent.post('/v1/look-ups', told(voucher)),
      pay(id, voucher.person.id),
    ])
      expect((await answer.expect(409)).body).toMatchObject({ code: 'office_outside_hours', opensAt });
    await platform.owner.query(`insert into office_days values ($1, $2, '00:00', '24:00', 'Open all day')`, [frame.officeId, dayFrom(0)]);
    await pay(id, voucher.person.id).expect(201);
    await platform.owner.query('delete from office_hours');
    const { rows } = await platform.owner.query('select failed_attempts from vouchers where id = $1', [voucher.id]);
    expect(rows).toEqual([{ failed_attempts: 0 }]);
  });

  it('is paid to the head of the household for a child, and not to the child', async () => {
    const [child, head] = [fresh(), fresh()];
    // As a payment list says of a minor; put there behind the triggers' backs.
    await platform.owner.query('begin');
    await platform.owner.query('set local session_replication_role = replica');
    await platform.owner.query('update vouchers set collector_id = $2 where id = $1', [child.id, head.person.id]);
    await platform.owner.query('commit');
    const found = await look(child);
    expect(found).toMatchObject({
      beneficiaryId: child.person.id,
      collectors: [{ collectorId: head.person.id, as: 'head', beneficiaryId: head.person.id, names: head.person.personal.names }],
    });
    expect(JSON.stringify(found)).not.toContain(JSON.stringify(child.person.personal.names.given));
    const { rows } = await platform.owner.query('select beneficiary_ids from person_reads where actor_id = $1 order by at desc limit 1', [
      agent.userId,
    ]);
    expect(rows[0].beneficiary_ids.sort()).toEqual([child.person.id, head.person.id].sort());
    expect(codeOf(await pay(found.id, child.person.id).expect(409))).toBe('not_a_collector');
    expect((await pay(found.id, head.person.id).expect(201)).body.collector).toEqual({ id: head.person.id, as: 'head' });
    supply.push(head);
  });

  it('is neither shown nor paid while it is on the list of an office without a network', async () => {
    const voucher = fresh();
    const { id } = await look(voucher);
    await platform.owner.query('begin');
    await platform.owner.query('set local session_replication_role = replica');
    await platform.owner.query(
      `with pack as (insert into offline_packs (id, programme_id, office_id, device_id, agent_id, prepared_by, prepared_at, starts_at, ends_at,
          grace_ends_at, voucher_count, cash_limit, currency, work_factor, head_hash)
        values ($1, $2, $3, $1, $1, $2, now(), now(), now() + interval '8 hours', now() + interval '3 days', 1, 100, 'DZD', 4, repeat('0', 64))
        returning id)
      insert into offline_bindings (pack_id, voucher_id, counter) select id, $4, 0 from pack`,
      [newId(), frame.programmeId, frame.officeId, voucher.id],
    );
    await platform.owner.query('commit');
    const { rows: offices } = await platform.owner.query('select name_fr as fr, name_ar as ar from offices where id = $1', [
      frame.officeId,
    ]);
    for (const [language, detail] of [
      ['ar', arabic.wrong_office.replace('{where}', `\u2068${frame.officeCode}\u2069 ${offices[0].ar}`)],
      ['fr', french.wrong_office.replace('{where}', `${frame.officeCode} ${offices[0].fr}`)],
    ] as const)
      for (const answer of [agent.post('/v1/look-ups', told(voucher)), pay(id, voucher.person.id)])
        expect((await answer.set('Accept-Language', language).expect(409)).body).toMatchObject({
          code: 'wrong_office',
          detail,
          officeCode: frame.officeCode,
          officeName: offices[0].fr,
        });
    expect(codeOf(await agent.post('/v1/look-ups', told({ ...voucher, code: wrong(voucher.code) })).expect(422))).toBe('code_refused');
    expect(await payoutOf(voucher)).toEqual([]);
  });

  it('takes no part of an amount', async () => {
    const voucher = fresh();
    const { id } = await look(voucher);
    for (const amount of ['1.00', '15000.00'])
      await agent.post(`/v1/look-ups/${id}/payout`, { ...confirm(voucher.person.id), amount: { amount, currency: 'DZD' } }).expect(400);
    await agent.post(`/v1/look-ups/${id}/payout`, { collectorId: voucher.person.id, documentType: 'passport' }).expect(400);
    supply.push(voucher);
  });

  it('explains a refusal in the language of the agent, and changes nothing else of it', async () => {
    const voucher = fresh();
    const asked = (language: string) =>
      agent.post('/v1/look-ups', told({ ...voucher, code: wrong(voucher.code) }), 'the-same-request').set('Accept-Language', language);
    const [ar, fr, en] = [await asked('ar-DZ'), await asked('fr'), await asked('de, *')].map(({ body }) => body);
    expect([ar.detail, fr.detail]).toEqual([arabic.code_refused, french.code_refused]);
    const unsaid = { title: '', detail: '', requestId: '' };
    for (const body of [ar, fr]) expect({ ...body, ...unsaid }).toEqual({ ...en, ...unsaid });
    const nowhere = await agent.post(`/v1/look-ups/${newId()}/payout`, confirm(voucher.person.id)).set('Accept-Language', 'ar').expect(404);
    expect(nowhere.body.detail).toBe('لا يوجد سجل كهذا.');
    const shown = await agent.post('/v1/look-ups', told(voucher)).set('Accept-Language', 'fr').expect(201);
    expect(shown.body.warnings[0].detail).toBe(french.check_document);
    supply.push(voucher);
  });

  it('prints a receipt that says no more than it must, and afterwards only copies', async () => {
    const voucher = fresh();
    const { body: paid } = await agent.post('/v1/payouts', { ...told(voucher), ...confirm(voucher.person.id) }).expect(201);
    const print = (by: Client, query = '', key: string = randomUUID()) =>
      by.post(`/v1/payouts/${paid.id}/receipts${query}`, undefined, key);
    const key = randomUUID();
    const { body } = await print(agent, '', key).expect(201);
    expect(body).toMatchObject({ number: 1, isCopy: false, isVoided: false, documentLastFour: '0042', serial: voucher.serial });
    expect(body.agentNumber).toBe(agent.userId.slice(-8).toUpperCase());
    const page = await print(agent, '?format=html&language=ar', key).expect(201);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.text).toContain('dir="rtl"');
    expect(page.text).not.toContain('class="mark"');
    expect(page.text.match(/<section>/g)?.length).toBe(2);
    const supervisor = await platform.as('office_supervisor', { office: frame.officeId });
    const copy = await print(supervisor, '?format=html&language=en').expect(201);
    expect(copy.text).toContain('COPY');
    for (const [text, names] of [
      [page.text, 'ar'],
      [copy.text, 'en'],
    ]) {
      expect(text, names).toContain('15000.00 DZD');
      expect(text, names).not.toMatch(/<script|https?:|MLI|Test programme|TEST-\d|Test donor/);
      expect(text, names).not.toContain(voucher.code);
      expect(text, names).not.toContain(voucher.person.personal.names.given);
    }
    const numbers = (await Promise.all(Array.from({ length: 6 }, () => print(agent)))).map((answer) => answer.body.number);
    expect(numbers.sort()).toEqual([3, 4, 5, 6, 7, 8]);
    const colleague = await platform.as('agent', { office: frame.officeId });
    for (const other of [colleague, await platform.as('office_supervisor')]) await print(other).expect(404);
  });
  it('cannot be forged in plain SQL', async () => {
    const [voucher, other] = [fresh(), fresh()];
    const refusedBy = (constraint: string) => ({ constraint });
    const keep = (minutes: number) =>
      sql.query(
        `insert into look_ups (id, voucher_id, counter, agent_id, office_id, looked_at, expires_at)
        values (gen_random_uuid(), $1, 0, gen_random_uuid(), $2, now(), now() + make_interval(mins => $3))`,
        [voucher.id, frame.officeId, minutes],
      );
    await expect(keep(11)).rejects.toMatchObject(refusedBy('look_ups_short'));
    const { id } = await look(voucher);
    const { body: paid } = await agent.post('/v1/payouts', { ...told(other), ...confirm(other.person.id) }).expect(201);
    await expect(sql.query('update look_ups set payout_id = $2 where id = $1', [id, paid.id])).rejects.toMatchObject(
      refusedBy('look_ups_of_payout'),
    );
    await expect(sql.query('update look_ups set agent_id = $2 where id = $1', [id, newId()])).rejects.toMatchObject({ code: '42501' });
    await expect(platform.owner.query('delete from look_ups')).rejects.toMatchObject(refusedBy('look_ups_append_only'));
    await pay(id, voucher.person.id).expect(201);
    await expect(sql.query('update look_ups set payout_id = null where id = $1', [id])).rejects.toMatchObject(
      refusedBy('look_ups_append_only'),
    );

    const next = fresh();
    const outsider = await alternateOf(other, dayFrom(3));
    await sql.query('begin');
    await sql.query(`update vouchers set state = 'redeemed' where id = $1`, [next.id]);
    await expect(
      sql.query(
        `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, alternate_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
        select gen_random_uuid(), id, $2, gen_random_uuid(), collector_id, $3, amount, currency, 'passport', '0042', now(), current_date from vouchers where id = $1`,
        [next.id, frame.officeId, outsider],
      ),
    ).rejects.toMatchObject(refusedBy('payouts_to_collector'));
    await sql.query('rollback');
    for (const statement of ['delete from receipts', 'update receipts set number = 1'])
      await expect(sql.query(statement)).rejects.toMatchObject({ code: '42501' });
  });
});
