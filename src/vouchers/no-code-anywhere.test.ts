import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpDatabase } from '../../test/support/dump.ts';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { type Aggregator, accepted, addGateway, httpGatewayTo, startAggregator } from '../../test/support/gateways.ts';
import { Leaks } from '../../test/support/leaks.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { codeIn, makeVouchers, sendMessages } from '../../test/support/vouchers.ts';
import { codeOf } from './code.ts';
import { voucherJobs } from './jobs.ts';

const reason = { reason: 'The telephone was stolen' };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('no code', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let aggregator: Aggregator;
  /** Every answer that anybody was given. */
  const told: string[] = [];
  beforeAll(async () => {
    aggregator = await startAggregator();
    platform = await startPlatform({ recurring: false, environment: { GATEWAY_PRIVATE_ADDRESSES: 'allow' } });
    await addGateway(platform, httpGatewayTo(aggregator.url));
    frame = await makeFrame(platform);
  });
  afterAll(async () => {
    await platform.close();
    aggregator.close();
  });

  const send = async (by: Client, path: string, body: object = {}) => {
    const answer = await by.post(path, body);
    told.push(`${answer.status} ${JSON.stringify(answer.headers)} ${answer.text}`);
    return answer;
  };
  const texts = () => aggregator.asked.map(({ body }) => body.text);
  const latestCode = (serial: string) => codeIn(texts().findLast((text) => text.includes(serial)) ?? '');
  /** Each code that a voucher ever had, and the one that it would have next. */
  const everyCode = async (): Promise<string[]> => {
    const { rows } = await platform.owner.query<{ id: string; keyVersion: number; counter: number }>(
      'select id, key_version as "keyVersion", counter from vouchers',
    );
    return rows.flatMap((row) =>
      Array.from({ length: row.counter + 2 }, (_none, counter) => codeOf(platform.app.keyRing, { ...row, counter })),
    );
  };
  const found = async (): Promise<string[]> => {
    const leaks = new Leaks([], await everyCode());
    const tables = await dumpDatabase(platform.owner);
    return [
      ...tables.flatMap((table) => leaks.inTable(table).map((code) => `${table.name}: ${code}`)),
      ...leaks.inText(platform.log.join('\n')).map((code) => `log: ${code}`),
      ...leaks.inText(told.join('\n')).map((code) => `answer: ${code}`),
    ];
  };

  it('is left anywhere after a whole life: issued, sent, mistaken, locked, renewed, paid, voided, cancelled, run out', async () => {
    const people = [await makePerson(platform, frame.programmeId, { phones: [] })];
    for (let i = 0; i < 6; i += 1) people.push(await makePerson(platform, frame.programmeId));
    // The aggregator breaks, and quotes the message in its complaint: what waits to be done again is looked through as well.
    aggregator.answer = (response, { raw }) => void response.writeHead(500).end(`cannot deliver ${raw}`);
    const vouchers = await makeVouchers(platform, frame, people.length, { people, send: false });
    const sending = sendMessages(platform, vouchers[0]?.listId ?? '');
    const tried = async () => (await platform.owner.query('select from messages where attempts > 0')).rowCount;
    await expect.poll(tried, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(await found()).toEqual([]);
    aggregator.answer = accepted;
    platform.clock.skip(HOUR_MS);
    await platform.app.jobs.trigger('messaging.send_due');
    await sending;
    await platform.settled();
    const [unsent, paid, mistaken, cancelled, voided, late] = vouchers;
    if (!unsent || !paid || !mistaken || !cancelled || !voided || !late) return expect.fail('seven vouchers were made');

    const agent = await platform.as('agent', { office: frame.officeId });
    const [one, other] = [
      await platform.as('programme_officer', { programme: frame.programmeId }),
      await platform.as('finance_officer', { programme: frame.programmeId }),
    ];
    const redeem = ({ serial }: { serial: string }, code: string) =>
      send(agent, '/v1/payouts', {
        officeId: frame.officeId,
        locator: { serial },
        code,
        documentType: 'passport',
        documentLastFour: '0042',
      });
    const change = async ({ id }: { id: string }, kind: 'cancel' | 'reissue' | 'unlock') => {
      const { body } = await send(one, `/v1/vouchers/${id}/changes`, { kind, ...reason });
      expect((await send(other, `/v1/voucher-changes/${body.id}/confirm`)).status).toBe(200);
      await platform.settled();
    };
    expect((await redeem(paid, latestCode(paid.serial))).status).toBe(201);
    expect((await redeem(paid, latestCode(paid.serial))).status).toBe(409);
    for (let i = 0; i < 5; i += 1) expect((await redeem(mistaken, latestCode(voided.serial))).status).not.toBe(201);
    const locked = await redeem(mistaken, latestCode(mistaken.serial));
    expect(locked.body.code).toBe('voucher_locked');
    await change(mistaken, 'unlock');
    await change(mistaken, 'reissue');
    expect((await redeem(mistaken, latestCode(mistaken.serial))).status).toBe(201);
    await change(cancelled, 'cancel');
    expect((await redeem(cancelled, latestCode(cancelled.serial))).status).toBe(409);
    const { body: payout } = await redeem(voided, latestCode(voided.serial));
    const supervisor = await platform.as('office_supervisor', { office: frame.officeId });
    expect((await send(supervisor, `/v1/payouts/${payout.id}/void`, reason)).status).toBe(200);
    await change(unsent, 'reissue');
    // What was typed wrong, or is no code at all, is answered without being repeated.
    expect((await redeem(late, `${latestCode(late.serial).slice(0, 8)}x`)).status).toBeGreaterThanOrEqual(400);
    platform.clock.skip(70 * DAY_MS);
    const { app, clock } = platform;
    for (const job of voucherJobs({ db: app.database.reader, execute: app.execute, keyRing: app.keyRing, clock })) await job.run({});
    expect((await redeem(late, latestCode(late.serial))).body.code).toBe('voucher_expired');

    const { rows } = await platform.owner.query('select state, count(*)::int as n from vouchers group by 1 order by 1');
    expect(rows).toEqual([
      { state: 'cancelled', n: 1 },
      { state: 'expired', n: 3 },
      { state: 'issued', n: 1 },
      { state: 'redeemed', n: 2 },
    ]);
    const sent = new Set(texts().map(codeIn));
    const codes = new Set(await everyCode());
    expect([...sent].every((code) => codes.has(code))).toBe(true);
    expect(sent.size).toBeGreaterThan(6);
    expect(told.length).toBeGreaterThan(20);
    expect(told.join('\n')).toContain('code_refused');
    expect(await found()).toEqual([]);
    // The search finds what it looks for.
    expect(new Leaks([], [...codes]).inText(`Votre code : ${texts()[0]}`)).not.toEqual([]);
  });
});
