import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import {
  codeSentTo,
  messagesTo,
  newAddress,
  newPhone,
  openDoor,
  otherCode,
  ownParticulars,
  stranger,
} from '../../../test/support/public-door.ts';
import { dammDigit } from '../../platform/index.ts';
import { loadPilotGeography } from '../../seeding.ts';
import { codeOf } from './code.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const PER_ADDRESS = 15;
const PER_DAY = 12;

describe('attacks on the public door', () => {
  let platform: TestPlatform;

  beforeAll(async () => {
    platform = await startPlatform({
      environment: {
        TRUSTED_PROXIES: '127.0.0.0/8',
        SELF_REGISTRATIONS_PER_ADDRESS: String(PER_ADDRESS),
        SELF_REGISTRATIONS_PER_DAY: String(PER_DAY),
      },
    });
    await loadPilotGeography(platform.app.execute);
  });
  afterAll(() => platform.close());

  const newDoor = async () => openDoor(platform, await makeFrame(platform));
  const programmeIdOf = async (code: string) =>
    (await platform.owner.query('select id from programmes where code = $1', [code])).rows[0].id;
  const keptOf = async (reference: string) =>
    (await platform.owner.query('select * from self_registrations where reference = $1', [reference])).rows[0];
  const registered = async () => {
    const own = ownParticulars(await newDoor());
    const { body } = await stranger(platform).register(own).expect(202);
    return { own, reference: body.reference as string, code: await codeSentTo(platform, own.phone) };
  };
  const peopleFrom = async (reference: string) =>
    (await platform.owner.query('select count(*)::int as n from beneficiaries where source_id = $1', [(await keptOf(reference)).id]))
      .rows[0].n;
  const plain = ({ status, body }: supertest.Response) => ({ status, ...body, requestId: '', reference: '' });
  const tally = (answers: readonly supertest.Response[]) =>
    Object.fromEntries(
      [...new Set(answers.map(({ status }) => status))]
        .sort()
        .map((status) => [status, answers.filter((one) => one.status === status).length]),
    );

  it('guessing at once from everywhere: five tries count for a code, and then the right one is refused too', async () => {
    const { reference, code } = await registered();
    const wrong = Array.from({ length: 40 }, (_, i) => String((Number(code) + 1 + i) % 1_000_000).padStart(6, '0'));
    const answers = await Promise.all(wrong.map((guess) => stranger(platform).prove(reference, guess)));
    expect(tally(answers)).toEqual({ 422: 40 });
    expect((await keptOf(reference)).wrong_codes).toBe(5);
    const right = await stranger(platform).prove(reference, code).expect(422);
    expect(plain(right)).toEqual(plain(answers[0] as supertest.Response));
    expect(await peopleFrom(reference)).toBe(0);
  });

  it('guessing among many tries never gets more than five looked at, even when the right code is one of them', async () => {
    const { own, reference, code } = await registered();
    await Promise.all(
      [1, 2, 3, 4].map((step) => stranger(platform).prove(reference, String((Number(code) + step) % 1_000_000).padStart(6, '0'))),
    );
    const late = await Promise.all([
      stranger(platform).prove(reference, otherCode(code)),
      stranger(platform).prove(reference, otherCode(code)),
    ]);
    expect(tally(late)).toEqual({ 422: 2 });
    await stranger(platform).prove(reference, code).expect(422);
    await stranger(platform).askForCode(reference).expect(202);
    const next = await codeSentTo(platform, own.phone);
    expect(next).not.toBe(code);
    await stranger(platform).prove(reference, code).expect(422);
    await stranger(platform).prove(reference, next).expect(200);
  });

  it('codes asked for again and again open four rounds of guessing in a day and no more', async () => {
    const { own, reference } = await registered();
    const asked = await Promise.all(Array.from({ length: 12 }, () => stranger(platform).askForCode(reference)));
    expect(tally(asked)).toEqual({ 202: 4, 429: 8 });
    await platform.settled();
    expect((await keptOf(reference)).code_counter).toBe(4);
    expect(messagesTo(platform, own.phone).length).toBeLessThanOrEqual(5);
  });

  it('the right code from many at once enters one person, and its replay nobody', async () => {
    const { reference, code } = await registered();
    const answers = await Promise.all(Array.from({ length: 20 }, () => stranger(platform).prove(reference, code)));
    expect(tally(answers)).toEqual({ 200: 20 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await peopleFrom(reference)).toBe(1);
    const key = 'the-key-of-the-first-proof';
    await stranger(platform).prove(reference, code, key).expect(200);
    platform.clock.skip(15 * MINUTE_MS);
    await stranger(platform).prove(reference, code).expect(422);
    await stranger(platform).prove(reference, code, key).expect(200);
    expect(await peopleFrom(reference)).toBe(1);
  });

  it('a code is good for a quarter of an hour', async () => {
    const { reference, code } = await registered();
    platform.clock.skip(15 * MINUTE_MS);
    await stranger(platform).prove(reference, code).expect(422);
    expect((await keptOf(reference)).wrong_codes).toBe(0);
  });

  it('references that exist and that do not are answered alike', async () => {
    const { reference, code } = await registered();
    const unknown = `123456789${dammDigit('123456789')}`;
    const proofs = await Promise.all([reference, unknown].map((one) => stranger(platform).prove(one, otherCode(code))));
    expect(plain(proofs[0] as supertest.Response)).toEqual(plain(proofs[1] as supertest.Response));
    const asked = await Promise.all([reference, unknown].map((one) => stranger(platform).askForCode(one)));
    expect(asked.map(plain)).toEqual([plain(asked[0] as supertest.Response), plain(asked[0] as supertest.Response)]);
    expect(asked.map(({ body }) => body)).toEqual([{ reference }, { reference: unknown }]);
    const token = 'A'.repeat(43);
    const seen = await Promise.all([reference, unknown].map((one) => stranger(platform).status(one, token)));
    expect(seen.map(({ status }) => status)).toEqual([404, 404]);
    expect(plain(seen[0] as supertest.Response)).toEqual(plain(seen[1] as supertest.Response));
    const rates = await Promise.all(
      [reference, unknown].map((one) => Promise.all([1, 2, 3, 4].map(() => stranger(platform).askForCode(one)))),
    );
    expect(rates.map(tally)).toEqual([tally(rates[1] ?? []), tally(rates[1] ?? [])]);
  });

  it('a flood from one address is turned away with a time to come back, and others are let in', async () => {
    const flooder = stranger(platform);
    const programme = await newDoor();
    const answers = await Promise.all(Array.from({ length: 40 }, () => flooder.register(ownParticulars('NO-SUCH-CODE'))));
    expect(tally(answers)).toEqual({ 404: PER_ADDRESS, 429: 40 - PER_ADDRESS });
    const refused = await flooder.register(ownParticulars(programme)).expect(429);
    expect(refused.body).toMatchObject({ code: 'too_many_requests', detail: expect.stringContaining('Try again in') });
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(3_500);
    expect(seconds).toBeLessThanOrEqual(3_600);
    await stranger(platform).register(ownParticulars(programme)).expect(202);
    platform.clock.skip(seconds * 1_000);
    await flooder.register(ownParticulars(programme)).expect(202);
  });

  it('guessing references is counted with everything else that an address asks', async () => {
    const prober = stranger(platform);
    const references = Array.from({ length: PER_ADDRESS + 5 }, (_, i) => String(400_000_000 + i)).map(
      (digits) => digits + dammDigit(digits),
    );
    const answers = await Promise.all(references.map((reference) => prober.status(reference, 'B'.repeat(43))));
    expect(tally(answers)).toEqual({ 404: PER_ADDRESS, 429: 5 });
  });

  it('an address that a stranger writes into a header is believed of a trusted proxy alone', async () => {
    const direct = await startPlatform({ environment: { SELF_REGISTRATIONS_PER_ADDRESS: '3' } });
    try {
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => stranger(direct, newAddress()).register(ownParticulars('NO-SUCH-CODE'))),
      );
      expect(tally(answers)).toEqual({ 404: 3, 429: 7 });
    } finally {
      await direct.close();
    }
    // A proxy adds the address that it saw at the end; what the caller wrote stands before it.
    const behind = newAddress();
    const forged = await Promise.all(
      Array.from({ length: PER_ADDRESS + 3 }, () =>
        stranger(platform, `${newAddress()}, ${behind}`).register(ownParticulars('NO-SUCH-CODE')),
      ),
    );
    expect(tally(forged)).toEqual({ 404: PER_ADDRESS, 429: 3 });
  });

  it('one telephone gets five messages in a day, from however many addresses they are asked for, nobody is told, and what was not sent cannot be guessed', async () => {
    const programme = await newDoor();
    const phone = newPhone();
    const answers = await Promise.all(Array.from({ length: 11 }, () => stranger(platform).register(ownParticulars(programme, { phone }))));
    expect(tally(answers)).toEqual({ 202: 11 });
    await platform.settled();
    expect(messagesTo(platform, phone)).toHaveLength(5);
    const unsent = await platform.owner.query('select * from self_registrations where code_expires_at is null and programme_id = $1', [
      await programmeIdOf(programme),
    ]);
    expect(unsent.rowCount).toBe(6);
    const { id, reference, key_version: keyVersion, code_counter: codeCounter } = unsent.rows[0];
    const neverSent = codeOf(platform.app.keyRing, { id, keyVersion, codeCounter });
    await stranger(platform).prove(reference, neverSent).expect(422);
    await stranger(platform).prove(reference, otherCode(neverSent)).expect(422);
    expect((await keptOf(reference)).wrong_codes).toBe(0);
    const one = stranger(platform);
    const local = newPhone();
    const repeated = [];
    for (let i = 0; i < 6; i += 1) repeated.push(await one.register(ownParticulars(await newDoor(), { phone: local })));
    expect(tally(repeated)).toEqual({ 202: 5, 429: 1 });
  });

  it('one programme takes so many in a day, and its telephone bill has an end', async () => {
    const programme = await newDoor();
    const flood = Array.from({ length: PER_DAY + 8 }, () => ownParticulars(programme));
    const answers = await Promise.all(flood.map((own) => stranger(platform).register(own)));
    expect(tally(answers)).toEqual({ 202: PER_DAY, 429: 8 });
    const references = answers.flatMap(({ status, body }) => (status === 202 ? [body.reference as string] : []));
    await Promise.all(references.flatMap((reference) => [1, 2, 3].map(() => stranger(platform).askForCode(reference).expect(202))));
    await platform.settled();
    const sent = flood.map(({ phone }) => messagesTo(platform, phone).length).reduce((sum, count) => sum + count, 0);
    expect(sent).toBeLessThanOrEqual(2 * PER_DAY);
    expect(sent).toBeGreaterThanOrEqual(PER_DAY);
    platform.clock.skip(DAY_MS);
    await stranger(platform).register(ownParticulars(programme)).expect(202);
  });

  it('huge and misshapen bodies are turned away before they are looked at', async () => {
    const post = () =>
      supertest(platform.app.http)
        .post('/v1/self-registrations')
        .set('X-Forwarded-For', newAddress())
        .set('Idempotency-Key', 'a-huge-body');
    const programme = await newDoor();
    expect(
      (
        await post()
          .send(ownParticulars(programme, { commune: 'x'.repeat(2_000_000) }))
          .expect(413)
      ).body.code,
    ).toBe('too_large');
    await post()
      .type('json')
      .send(`{"names":${'['.repeat(7_000)}${']'.repeat(7_000)}}`)
      .expect(400);
    await post()
      .type('json')
      .send(`{"names":${'{"given":'.repeat(1_500)}1${'}'.repeat(1_500)}}`)
      .expect(400);
    await post().type('text/csv').send('a,b').expect(415);
    await post().set('Content-Encoding', 'gzip').type('json').send('not gzip').expect(400);
    await post().type('json').send('{"__proto__":{"admin":true},"programmeCode":1}').expect(400);
  });

  it('nothing is taken when nobody can count', async () => {
    const programme = await newDoor();
    const before = (await platform.owner.query('select count(*)::int as n from self_registrations')).rows[0].n;
    await platform.owner.query('alter table rate_limits rename to out_of_reach');
    const { body, headers } = await stranger(platform).register(ownParticulars(programme)).expect(503);
    await platform.owner.query('alter table out_of_reach rename to rate_limits');
    expect(body).toMatchObject({ code: 'busy' });
    expect(headers['retry-after']).toBe('1');
    expect((await platform.owner.query('select count(*)::int as n from self_registrations')).rows[0].n).toBe(before);
  });

  it('plain SQL cannot take back tries, revive what is over, or enter somebody without a person', async () => {
    const { reference, code } = await registered();
    await stranger(platform).prove(reference, otherCode(code)).expect(422);
    const client = await platform.applicationClient();
    const attempt = (change: string) => client.query(`update self_registrations set ${change} where reference = $1`, [reference]);
    await expect(attempt('wrong_codes = 0')).rejects.toMatchObject({ constraint: 'self_registrations_guessing' });
    await expect(attempt('code_counter = code_counter - 1')).rejects.toMatchObject({ code: /23/ });
    await expect(attempt('code_expires_at = null')).rejects.toMatchObject({ constraint: 'self_registrations_sent_first' });
    await expect(attempt('wrong_codes = 6')).rejects.toMatchObject({ code: '23514' });
    await expect(attempt(`state = 'entered'`)).rejects.toMatchObject({ code: '23514' });
    await expect(attempt(`state = 'expired'`)).rejects.toMatchObject({ code: '23514' });
    await expect(attempt(`expires_at = now() + interval '1 year'`)).rejects.toMatchObject({ code: '42501' });
    await expect(client.query('delete from self_registrations')).rejects.toMatchObject({ constraint: 'self_registrations_kept' });
    await attempt(`state = 'expired', content = null`);
    await expect(attempt(`state = 'awaiting_proof', content = ''`)).rejects.toMatchObject({ constraint: 'self_registrations_transition' });
  });
});
