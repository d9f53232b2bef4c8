import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpDatabase } from '../../test/support/dump.ts';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { Leaks } from '../../test/support/leaks.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { codeIn, makeVouchers, type ReceivedSms } from '../../test/support/vouchers.ts';
import { codeOf } from './code.ts';
import { voucherJobs } from './jobs.ts';

const reason = { reason: 'The telephone was stolen' };
const DAY_MS = 86_400_000;

describe('no code', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let server: Server;
  let isDown = true;
  const taken: ReceivedSms[] = [];
  /** Every answer that anybody was given. */
  const told: string[] = [];
  beforeAll(async () => {
    // While it is down, the aggregator quotes the message in its complaint.
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      if (isDown) return void response.writeHead(503).end(`cannot deliver ${body}`);
      taken.push(JSON.parse(body));
      return void response.writeHead(200).end(`{"reference": "a-${taken.length}", "echo": ${body}}`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    platform = await startPlatform({ environment: { SMS_GATEWAY: 'http', SMS_HTTP_URL: url } });
    frame = await makeFrame(platform);
  });
  afterAll(async () => {
    await platform.close();
    server.closeAllConnections();
    server.close();
  });

  const send = async (by: Client, path: string, body: object = {}) => {
    const answer = await by.post(path, body);
    told.push(`${answer.status} ${JSON.stringify(answer.headers)} ${answer.text}`);
    return answer;
  };
  const latestCode = (serial: string) => codeIn(taken.findLast(({ text }) => text.includes(serial))?.text ?? '');
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
    const sending = makeVouchers(platform, frame, people.length, { people });
    // Nothing gets through at first: what waits to be done again is looked through as well.
    await expect.poll(async () => (await platform.owner.query('select from messages where attempts > 0')).rowCount).toBeGreaterThan(0);
    expect(await found()).toEqual([]);
    isDown = false;
    const [unsent, paid, mistaken, cancelled, voided, late] = await sending;
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
    const sent = new Set(taken.map(({ text }) => codeIn(text)));
    const codes = new Set(await everyCode());
    expect([...sent].every((code) => codes.has(code))).toBe(true);
    expect(sent.size).toBeGreaterThan(6);
    expect(told.length).toBeGreaterThan(20);
    expect(told.join('\n')).toContain('code_refused');
    expect(await found()).toEqual([]);
    // The search finds what it looks for.
    expect(new Leaks([], [...codes]).inText(`Votre code : ${taken[0]?.text}`)).not.toEqual([]);
  });
});
