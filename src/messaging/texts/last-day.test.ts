import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { changeTerms } from '../../../test/support/terms.ts';
import { makeVouchers, receivedSms } from '../../../test/support/vouchers.ts';
import { type Ground, newId } from '../../platform/index.ts';
import type { Delivery, Gateway } from '../gateways/gateway.ts';
import type { Gateways } from '../gateways/registry.ts';
import { engineOf } from '../sending/engine.ts';
import { makeReminders, textJobs } from './reminders.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Later than any last day that counts from when the message was made. */
const LATE_MS = 65 * DAY_MS;

describe('the last day that a text names', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let enrolment: Client;
  let officer: Client;
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
    frame = await makeFrame(platform);
    enrolment = await platform.as('enrolment_officer', { programme: frame.programmeId });
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const ground = (): Ground => ({
    db: platform.app.database.reader,
    execute: platform.app.execute,
    keyRing: platform.app.keyRing,
    clock: platform.clock,
  });
  const waiting = async (person: Person) =>
    (await makeVouchers(platform, frame, 1, { people: [person], send: false }))[0]?.listId ?? expect.fail('a list');
  /** Has a list sent as another process would, by this in the place of the outbox. @returns the texts */
  const send = async (listId: string, outcome: Exclude<Delivery['outcome'], 'later'>) => {
    const texts: string[] = [];
    const answer: Gateway['send'] = async ({ reference, text }) => {
      texts.push(text);
      return outcome === 'accepted' ? { outcome, reference } : { outcome };
    };
    await platform.owner.query(
      `update messages set next_try_at = $2 where list_id = $1 and state = 'pending' and coalesce(last_error, '') <> 'phone_held'`,
      [listId, platform.clock.now()],
    );
    await engineOf(ground(), { outbox: { concurrency: 1, send: answer, close: async () => {} } } as unknown as Gateways).drain();
    return texts;
  };
  const stateOf = async (listId: string) =>
    (
      await platform.owner.query(
        `select m.id, m.state, m.last_error, to_char((v.expires_at - interval '1 microsecond') at time zone 'Africa/Algiers', 'DD/MM/YYYY') as until
        from messages m join vouchers v on v.id = m.voucher_id where m.list_id = $1 and m.kind = 'code'`,
        [listId],
      )
    ).rows[0];
  const dayIn = (text: string | undefined) => /\d\d\/\d\d\/\d{4}/.exec(text ?? '')?.[0];
  const arrived = (person: Person) => receivedSms(platform).findLast(({ to }) => to === person.personal.phones[0])?.text;
  /** That it arrived, and named the day on which the voucher ends. */
  const isTrue = async (listId: string, text: string | undefined) => {
    const { state, until } = await stateOf(listId);
    expect(state).toBe('accepted');
    expect(dayIn(text)).toBe(until);
  };

  it('counts from when it leaves, however long it has waited for a gateway', async () => {
    const list = await waiting(await makePerson(platform, frame.programmeId));
    platform.clock.skip(LATE_MS);
    await isTrue(list, (await send(list, 'accepted'))[0]);
  });

  it('counts anew when somebody sends it again', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const list = await waiting(person);
    const [refused] = await send(list, 'refused');
    platform.clock.skip(LATE_MS);
    await officer.post(`/v1/messages/${(await stateOf(list)).id}/retry`, {}).expect(200);
    await platform.settled();
    await isTrue(list, arrived(person));
    expect(dayIn(refused)).not.toBe(dayIn(arrived(person)));
  });

  it('counts anew when the number that it waited for is trusted', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const change = async (phones: readonly string[]) => {
      const { rows } = await platform.owner.query('select version from beneficiaries where id = $1', [person.id]);
      await enrolment.patch(`/v1/beneficiaries/${person.id}`, `"${rows[0].version}"`, { phones, reason: 'Said so' }).expect(200);
    };
    const list = await waiting(person);
    await change(['+213661888888']);
    expect(await send(list, 'accepted')).toEqual([]);
    expect(await stateOf(list)).toMatchObject({ state: 'pending', last_error: 'phone_held' });
    platform.clock.skip(DAY_MS);
    await change(person.personal.phones);
    await textJobs(ground())
      .find(({ name }) => name === 'messaging.resume')
      ?.run({});
    await platform.settled();
    await isTrue(list, arrived(person));
  });

  it('counts anew when a consent is given back', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const consents = `/v1/beneficiaries/${person.id}/consents`;
    const share = { purpose: 'share_with_paying_agent', legalBasis: 'consent', method: 'scan', givenOn: '2026-01-02' };
    const list = await waiting(person);
    await enrolment.post(`${consents}/withdraw`, { purpose: share.purpose }).expect(200);
    await send(list, 'accepted');
    expect(await stateOf(list)).toMatchObject({ state: 'failed', last_error: 'consent_withdrawn' });
    platform.clock.skip(DAY_MS);
    await enrolment.post(consents, { ...share, evidence: { reference: 'Scan 5' } }).expect(201);
    await platform.settled();
    await isTrue(list, arrived(person));
  });

  it('is the same in a repeat, but in one that comes so late that it would not be true any more', async () => {
    const list = await waiting(await makePerson(platform, frame.programmeId));
    const [first] = await send(list, 'unknown');
    platform.clock.skip(DAY_MS);
    expect(await send(list, 'unknown')).toEqual([first]);
    platform.clock.skip(LATE_MS);
    const [last] = await send(list, 'accepted');
    await isTrue(list, last);
    expect(last?.replace(dayIn(last) ?? '', '')).toBe(first?.replace(dayIn(first) ?? '', ''));
  });

  it('is reminded of to nobody whose code did not arrive, as far as is known when the reminder is made and when it leaves', async () => {
    await changeTerms(platform, frame.programmeId, { columns: { reminder_days: 5 } });
    const vouchers = await makeVouchers(platform, frame, 4);
    const [undelivered, again, unlucky, fine] = vouchers.map(({ id }) => id);
    const reported = (ids: readonly (string | undefined)[], state: string) =>
      platform.owner.query(
        `update messages set state = $2, last_error = 'undelivered', reported_at = accepted_at where kind = 'code' and voucher_id = any($1)`,
        [ids, state],
      );
    await reported([undelivered, again], 'undelivered');
    await platform.owner.query(`update messages set state = 'pending', next_try_at = 'infinity' where voucher_id = $1`, [again]);
    const { rows } = await platform.owner.query('select expires_at as end from vouchers where id = $1', [fine]);
    platform.clock.skip(rows[0].end.getTime() - 6 * DAY_MS + 12 * HOUR_MS - platform.clock.now().getTime());
    await platform.app.database.transaction(async (tx) => {
      await makeReminders.run({ tx, now: platform.clock.now(), actor: { id: newId() } as never, keyRing: platform.app.keyRing }, frame);
    });
    await reported([unlucky], 'undelivered');
    const texts: string[] = [];
    const answer: Gateway['send'] = async ({ reference, text }) => {
      texts.push(text);
      return { outcome: 'accepted', reference };
    };
    await engineOf(ground(), { outbox: { concurrency: 1, send: answer, close: async () => {} } } as unknown as Gateways).drain();
    const { rows: reminded } = await platform.owner.query(
      `select voucher_id as id, state, last_error from messages where kind = 'reminder' order by state`,
    );
    expect(reminded).toEqual([
      { id: fine, state: 'accepted', last_error: null },
      { id: unlucky, state: 'failed', last_error: 'not_payable' },
    ]);
    expect(texts).toHaveLength(1);
  });
});
