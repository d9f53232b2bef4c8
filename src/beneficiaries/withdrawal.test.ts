import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { markMerged } from '../../test/support/merged.ts';
import { approved, makePlan, makeTeam, type Team } from '../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { reachable, signed } from '../../test/support/registrations.ts';
import { codeIn, makeVouchers, receivedSms, sendMessages } from '../../test/support/vouchers.ts';
import { dammDigit } from '../platform/index.ts';
import { loadPilotGeography } from '../seeding.ts';

type Purpose = 'registration' | 'share_with_paying_agent' | 'contact';

describe('a consent that is taken back', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let agent: Client;
  let team: Team;
  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
    agent = await platform.as('agent', { office: frame.officeId });
    team = await makeTeam(platform, frame);
  });
  afterAll(() => platform.close());

  const register = async (change: object = {}) => {
    const { body } = await officer.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, reachable(change)).expect(201);
    return { ...body, householdId: body.household.id };
  };
  const path = (id: string) => `/v1/beneficiaries/${id}/consents`;
  const withdraw = (id: string, purpose: Purpose) => officer.post(`${path(id)}/withdraw`, { purpose }).expect(200);
  const record = (id: string, purpose: Purpose) => officer.post(path(id), signed(purpose)).expect(201);

  /** Looks again and again at the list that would be drawn up for somebody. */
  const previewOf = async (person: Awaited<ReturnType<typeof register>>) => {
    const planId = await makePlan(platform, frame, [person]);
    return async () => {
      const source = { planIds: [planId], fundIds: [frame.fundId] };
      const { body } = await team.maker.post(`/v1/programmes/${frame.programmeId}/payment-lists/preview`, source).expect(200);
      return [body.lines, body.leftOut];
    };
  };
  const release = async (listId: string) => {
    await team.finance.post(`/v1/payment-lists/${listId}/release`).expect(200);
    await platform.settled();
  };
  const sendCodes = (listId: string) => sendMessages(platform, listId);
  const approvedFor = async (person: Awaited<ReturnType<typeof register>>) =>
    (await approved(team, frame, await makePlan(platform, frame, [person]))).id;
  const message = async (listId: string) => (await team.maker.get(`/v1/payment-lists/${listId}/messages`).expect(200)).body.items[0];
  const smsTo = ({ phones }: { phones: string[] }) => receivedSms(platform).filter(({ to }) => to === phones[0]);
  const redemption = ({ serial }: { serial: string }, code: string) => ({
    officeId: frame.officeId,
    locator: { serial },
    code,
    documentType: 'passport',
    documentLastFour: '0042',
  });
  const wrong = (code: string): string => {
    const digits = String((Number(code.slice(0, 8)) + 1) % 100_000_000).padStart(8, '0');
    return digits + dammDigit(digits);
  };

  it.each([
    ['registration', 'not_enrolled'],
    ['share_with_paying_agent', 'no_consent'],
  ] as const)('to %s keeps the person off payment lists until it is given again', async (purpose, reason) => {
    const person = await register();
    const look = await previewOf(person);
    expect(await look()).toEqual([1, []]);
    await withdraw(person.id, purpose);
    expect(await look()).toEqual([0, [{ reason, people: 1 }]]);
    await record(person.id, purpose);
    expect(await look()).toEqual([1, []]);
  });

  it('to sharing returns the line of a list that is released afterwards', async () => {
    const person = await register();
    const listId = await approvedFor(person);
    await withdraw(person.id, 'share_with_paying_agent');
    await team.finance.post(`/v1/payment-lists/${listId}/release`);
    const { rows } = await platform.owner.query('select state, return_reason from payment_list_lines where list_id = $1', [listId]);
    expect(rows).toEqual([{ state: 'returned', return_reason: 'no_consent' }]);
    expect(smsTo(person)).toEqual([]);
  });

  it('to contact sends no message; given again, the message goes out', async () => {
    const person = await register();
    const listId = await approvedFor(person);
    await withdraw(person.id, 'contact');
    await release(listId);
    expect(await message(listId)).toMatchObject({ state: 'failed', attempts: 0, reason: 'consent_withdrawn' });
    expect(smsTo(person)).toEqual([]);
    await record(person.id, 'contact');
    await platform.settled();
    expect(await message(listId)).toMatchObject({ state: 'accepted', reason: null });
    expect(smsTo(person)).toHaveLength(1);
  });

  it.each(['registration', 'share_with_paying_agent'] as const)('to %s sends no code that was still to be sent', async (purpose) => {
    const person = await register();
    const [voucher] = await makeVouchers(platform, frame, 1, { people: [{ ...person, personal: person }], send: false });
    const listId = voucher?.listId ?? '';
    await withdraw(person.id, purpose);
    await sendCodes(listId);
    expect(await message(listId)).toMatchObject({ state: 'failed', attempts: 0, reason: 'consent_withdrawn' });
    expect(smsTo(person)).toEqual([]);
    await record(person.id, purpose);
    await platform.settled();
    const code = codeIn(smsTo(person)[0]?.text ?? '');
    await agent.post('/v1/payouts', redemption({ serial: voucher?.serial ?? '' }, code)).expect(201);
  });

  it.each(['registration', 'share_with_paying_agent'] as const)('to %s stops a live voucher at the counter', async (purpose) => {
    const person = await register();
    const listId = await approvedFor(person);
    await release(listId);
    const code = codeIn(smsTo(person)[0]?.text ?? '');
    const { serial } = await message(listId);
    await withdraw(person.id, purpose);
    const refused = await agent.post('/v1/payouts', redemption({ serial }, code)).expect(409);
    expect(refused.body.code).toBe('consent_withdrawn');
    const guessed = await agent.post('/v1/payouts', redemption({ serial }, wrong(code))).expect(422);
    const nobody = await agent.post('/v1/payouts', redemption({ serial: '12345678901286' }, code));
    expect(guessed.body.code).toBe('code_refused');
    expect(JSON.stringify([guessed.body, nobody.body])).not.toContain('consent');
    const { rows } = await platform.owner.query('select state, failed_attempts from vouchers where serial = $1', [serial]);
    expect(rows).toEqual([{ state: 'activated', failed_attempts: 1 }]);
    await record(person.id, purpose);
    await agent.post('/v1/payouts', redemption({ serial }, code)).expect(201);
  });

  it('by whoever collects for a child stops the voucher as well', async () => {
    const household = { reference: 'With a child', size: 2 };
    const head = await register({ household });
    const born = { from: '2020-05-01', to: '2020-05-01', precision: 'exact' } as const;
    const child = await register({ household, relationship: 'child', birth: born, phones: [] });
    const listId = await approvedFor(child);
    await release(listId);
    const code = codeIn(smsTo(head)[0]?.text ?? '');
    const { serial } = await message(listId);
    await withdraw(head.id, 'share_with_paying_agent');
    expect((await agent.post('/v1/payouts', redemption({ serial }, code)).expect(409)).body.code).toBe('consent_withdrawn');
    await record(head.id, 'share_with_paying_agent');
    await withdraw(child.id, 'share_with_paying_agent');
    expect((await agent.post('/v1/payouts', redemption({ serial }, code)).expect(409)).body.code).toBe('consent_withdrawn');
  });

  describe('by somebody whose record was merged into another', () => {
    /** Two records of one person; the first is merged into the second by `merge`. */
    const twoRecords = async () => {
      const [merged, survivor] = [await register(), await register()];
      const merge = async () => {
        await markMerged(platform.owner, merged.id, survivor.id);
        await platform.owner.query(`update enrolments set state = 'merged' where beneficiary_id = $1`, [merged.id]);
        await platform.owner.query('delete from comparisons_due where beneficiary_id = any($1)', [[merged.id, survivor.id]]);
      };
      return { merged, survivor, merge };
    };

    it.each(['merged', 'survivor'] as const)('stops the code of the merged record at the counter, taken back on the %s', async (on) => {
      const { merge, ...records } = await twoRecords();
      const listId = await approvedFor(records.merged);
      await release(listId);
      const code = codeIn(smsTo(records.merged)[0]?.text ?? '');
      const { serial } = await message(listId);
      await merge();
      platform.clock.skip(1000);
      await withdraw(records[on].id, 'share_with_paying_agent');
      expect((await agent.post('/v1/payouts', redemption({ serial }, code)).expect(409)).body.code).toBe('consent_withdrawn');
      platform.clock.skip(1000);
      if (on === 'merged') await withdraw(records.survivor.id, 'share_with_paying_agent');
      await record(records.survivor.id, 'share_with_paying_agent');
      await agent.post('/v1/payouts', redemption({ serial }, code)).expect(201);
    });

    it('holds back the SMS to the merged record until they consent again', async () => {
      const { merged, survivor, merge } = await twoRecords();
      const [voucher] = await makeVouchers(platform, frame, 1, { people: [{ ...merged, personal: merged }], send: false });
      const listId = voucher?.listId ?? '';
      await merge();
      await withdraw(survivor.id, 'contact');
      await sendCodes(listId);
      expect(await message(listId)).toMatchObject({ state: 'failed', reason: 'consent_withdrawn' });
      await record(survivor.id, 'contact');
      await platform.settled();
      expect(await message(listId)).toMatchObject({ state: 'accepted' });
      expect(smsTo(merged)).toHaveLength(1);
    });

    it('keeps them off a list, unless they consented again on the record that goes on', async () => {
      const before = await twoRecords();
      const preview = await previewOf(before.survivor);
      await before.merge();
      platform.clock.skip(1000);
      await withdraw(before.merged.id, 'share_with_paying_agent');
      expect(await preview()).toEqual([0, [{ people: 1, reason: 'no_consent' }]]);
      const merged = await register();
      await withdraw(merged.id, 'share_with_paying_agent');
      platform.clock.skip(1000);
      const survivor = await register();
      const later = await previewOf(survivor);
      await markMerged(platform.owner, merged.id, survivor.id);
      await platform.owner.query('delete from comparisons_due where beneficiary_id = any($1)', [[merged.id, survivor.id]]);
      expect(await later()).toEqual([1, []]);
    });
  });
});
