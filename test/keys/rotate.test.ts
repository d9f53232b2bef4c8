import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { system } from '../../src/access/index.ts';
import { openTotpSecret, sealTotpSecret } from '../../src/access/totp-secret.ts';
import type { App } from '../../src/app.ts';
import { openToken } from '../../src/interop/kobo/token.ts';
import { type Output, rotate, status } from '../../src/keys-cli.ts';
import { openCredentials } from '../../src/messaging/gateways/credentials.ts';
import { isUnderMaster, nameOf, openColumn, rotateKeys, type UnderMaster } from '../../src/platform/index.ts';
import { columns } from '../../src/sealed-columns.ts';
import { admitKeys } from '../../src/server.ts';
import { eraseAtOnce } from '../support/erase.ts';
import { refusedRowsOf } from '../support/exports.ts';
import type { Client } from '../support/platform.ts';
import { codeSentTo, stranger } from '../support/public-door.ts';
import { registration } from '../support/registrations.ts';
import { keysOf, processBeside, type SealedWorld, sealedWorld } from './sealed-world.ts';

const resealed = columns.sealed.filter(isUnderMaster);
const versionOf = ({ column }: UnderMaster) => `get_byte(nullif(substr(${column}, 1, 1), ''), 0)`;

describe('rotating the master key', () => {
  let world: SealedWorld;
  const beside: App[] = [];
  beforeAll(async () => {
    world = await sealedWorld();
  }, 120_000);
  afterAll(async () => {
    for (const app of beside) await app.close();
    await world.platform.close();
  });

  function processWith(versions: readonly number[], current?: number): App {
    const app = processBeside(world.platform, keysOf(versions, current));
    beside.push(app);
    return app;
  }

  function output(): Output & { text: string; lines: string[] } {
    const out = {
      text: '',
      lines: [] as string[],
      print: (text: string) => {
        out.text += text;
      },
      say: (line: string) => {
        out.lines.push(line);
      },
    };
    return out;
  }

  /** How many values of each column are under which version. */
  async function versions(): Promise<Record<string, Record<string, number>>> {
    const all: Record<string, Record<string, number>> = {};
    for (const column of resealed) {
      const { rows } = await world.platform.owner.query(
        `select ${versionOf(column)} as version, count(*)::int as count from ${column.table} where length(${column.column}) > 0 group by 1`,
      );
      all[nameOf(column)] = Object.fromEntries(rows.map(({ version, count }) => [version, count]));
    }
    return all;
  }

  // Of a self-registration that was proved nothing is left.
  function allUnder(version: string, all: Record<string, Record<string, number>>): void {
    for (const [name, counts] of Object.entries(all)) expect(Object.keys(counts), name).toEqual(name.startsWith('self_') ? [] : [version]);
  }

  /** Everything sealed as people are shown it. */
  async function shown() {
    const { platform, officer, people, householdId, fileId, userId, connectionId, gatewayId } = world;
    const { keyRing } = platform.app;
    const one = async (text: string, id: string) => (await platform.owner.query(text, [id])).rows[0].sealed as Buffer;
    return {
      people: await Promise.all(people.map(async (id) => (await officer.get(`/v1/beneficiaries/${id}`).expect(200)).body)),
      history: (await officer.get(`/v1/beneficiaries/${people[0]}/history`).expect(200)).body,
      household: (await officer.get(`/v1/households/${householdId}`).expect(200)).body,
      refused: (await refusedRowsOf(platform, officer, fileId)).text,
      totp: openTotpSecret(keyRing, userId, await one('select totp_secret as sealed from users where id = $1', userId)),
      gateway: openCredentials(keyRing, gatewayId, await one('select credentials as sealed from gateways where id = $1', gatewayId)),
      token: openToken(keyRing, connectionId, await one('select token as sealed from kobo_connections where id = $1', connectionId)),
    };
  }

  const matching = async () =>
    (await world.platform.owner.query('select beneficiary_id, revision, blocking_keys, search_keys from match_profiles order by 1')).rows;
  const due = async () => (await world.platform.owner.query('select beneficiary_id from comparisons_due')).rows;
  const indexed = async () =>
    (await world.platform.owner.query('select count(*)::int as count, max(xmin::text::bigint) as newest from beneficiary_keys')).rows[0];

  it('begins with something in every column', async () => {
    for (const [name, counts] of Object.entries(await versions())) expect(Object.keys(counts), name).toEqual(['1']);
    const out = output();
    expect(await status(world.platform.app, world.platform.clock, out)).toBe(0);
    expect(out.text).toContain('Master keys given: 1 (current), 2, 3');
    expect(out.text).toContain('users.totp_secret: 1 under version 1');
    expect(out.text).toContain('beneficiaries.names');
    expect(out.text).toContain('Version 1 is current: it stays.');
    expect(out.text).toContain('Version 2 can be removed');
  });

  it('seals everything anew while people are registered, changed and paid, and nobody sees a difference', async () => {
    const { platform, officer, frame, agent, vouchers, people } = world;
    const before = { shown: await shown(), matching: await matching(), indexed: await indexed() };
    expect(await due()).toEqual([]);
    const next = processWith([1, 2, 3], 2);
    const register = async (client: Client, app: App) =>
      supertest(app.http)
        .post(`/v1/programmes/${frame.programmeId}/beneficiaries`)
        .set('Authorization', `Bearer ${client.token}`)
        .set('Idempotency-Key', randomUUID())
        .send(registration())
        .expect(201);
    await admitKeys(next, platform.clock);
    const rotating = rotateKeys(
      { db: next.database.reader, execute: next.execute, keyRing: next.keyRing, actor: system, batch: 2 },
      columns,
      () => {},
    );
    const [made] = await Promise.all([
      rotating,
      // Processes of both steps are at work: one still seals under the old version.
      ...[platform.app, next, platform.app, next].map((app) => register(officer, app)),
      officer.patch(`/v1/beneficiaries/${people[5]}`, '"1"', { reason: 'Corrected.', nationality: 'SEN' }).expect(200),
      agent
        .post('/v1/payouts', {
          officeId: frame.officeId,
          locator: { serial: vouchers[0]?.serial },
          code: vouchers[0]?.code,
          documentType: 'passport',
          documentLastFour: '0042',
        })
        .expect(201),
    ]);
    expect(made.flatMap(({ unopened }) => unopened)).toEqual([]);
    await platform.settled();
    // What the process of the first step wrote meanwhile is taken up by a second run.
    const out = output();
    expect(await rotate(next, platform.clock, out)).toBe(0);
    expect(out.text).toMatch(/^\d+ values sealed anew under version 2\.\n$/);
    for (const [name, counts] of Object.entries(await versions())) expect(Object.keys(counts), name).toEqual(['2']);

    const after = await shown();
    const exceptChanged = ({ people: all, ...rest }: typeof after) => ({ ...rest, people: all.filter(({ id }) => id !== people[5]) });
    expect(exceptChanged(after)).toEqual(exceptChanged(before.shown));
    expect(after.people[5].nationality).toBe('SEN');
    expect((await matching()).filter(({ beneficiary_id: id }) => before.matching.some((one) => one.beneficiary_id === id))).toEqual(
      before.matching,
    );
    expect(await due()).toEqual([]);
  });

  it('leaves an event of each batch, with the version and how many', async () => {
    const { rows } = await world.platform.owner.query(
      `select subject_id, count(*)::int as count, bool_and(actor_id = $1 and subject_type = 'sealed_column' and after_digest is not null) as whole
      from audit_events where command = 'keys.reseal' group by 1`,
      [system.id],
    );
    expect(rows.map(({ subject_id: name }) => name).sort()).toEqual(resealed.map(nameOf).sort());
    for (const { whole } of rows) expect(whole).toBe(true);
    expect(rows.find(({ subject_id: name }) => name === 'beneficiaries.data_key').count).toBeGreaterThanOrEqual(8);
  });

  it('compares and indexes nobody again', async () => {
    const third = processWith([1, 2, 3], 3);
    const before = { matching: await matching(), indexed: await indexed() };
    await rotate(third, world.platform.clock, output());
    expect({ matching: await matching(), indexed: await indexed() }).toEqual(before);
    expect(await due()).toEqual([]);
    expect((await versions())['match_profiles.profile']).toEqual({ 3: before.matching.length });
    await rotate(processWith([1, 2, 3], 2), world.platform.clock, output());
  });

  it('lets a code be redeemed that was sent before, and a telephone be proved', async () => {
    const { platform, agent, frame, vouchers, proof } = world;
    const [, voucher] = vouchers;
    const body = { officeId: frame.officeId, locator: { serial: voucher?.serial }, documentType: 'passport', documentLastFour: '0042' };
    const next = processWith([1, 2, 3], 2);
    const redeem = (code: string | undefined) =>
      supertest(next.http)
        .post('/v1/payouts')
        .set('Authorization', `Bearer ${agent.token}`)
        .set('Idempotency-Key', randomUUID())
        .send({ ...body, code });
    await redeem(vouchers[2]?.code).expect(422);
    await redeem(voucher?.code).expect(201);
    const { rows } = await platform.owner.query('select key_version from vouchers where id = $1', [voucher?.id]);
    expect(rows[0].key_version).toBe(1);
    await stranger(platform)
      .prove(proof.reference, await codeSentTo(platform, proof.phone))
      .expect(200);
    await platform.settled();
  });

  it('shares the work between two that run at once', async () => {
    const events = async () =>
      (await world.platform.owner.query(`select count(*)::int as count from audit_events where command = 'keys.reseal'`)).rows[0].count;
    const total = Object.values(await versions()).reduce(
      (sum, counts) => sum + Object.values(counts).reduce((all, one) => all + one, 0),
      0,
    );
    const before = await events();
    const both = await Promise.all(
      [processWith([1, 2, 3], 3), processWith([1, 2, 3], 3)].map((app) =>
        rotateKeys({ db: app.database.reader, execute: app.execute, keyRing: app.keyRing, actor: system, batch: 2 }, columns, () => {}),
      ),
    );
    expect(both.flat().reduce((sum, made) => sum + made.resealed, 0)).toBe(total);
    allUnder('3', await versions());
    expect(await events()).toBeGreaterThan(before + total / 3);
    const pair = await shown();
    expect(pair.totp).toBe(world.totpSecret);
  });

  /** How many statements wait for a row of a table. */
  const waitingFor = async (table: string): Promise<number> =>
    (
      await world.platform.owner.query(
        `select count(distinct l.pid)::int as count from pg_locks l join pg_locks t on t.pid = l.pid
        where not l.granted and l.locktype = 'transactionid' and t.relation = $1::regclass`,
        [table],
      )
    ).rows[0].count;

  it('passes over what somebody is changing, and never puts the old value back', async () => {
    const { platform, userId, people } = world;
    const erasedId = people[10] ?? expect.fail('there is somebody');
    const back = processWith([1, 2, 3], 2);
    const client = await platform.applicationClient();
    await client.query('begin');
    await client.query('update users set totp_secret = $2 where id = $1', [
      userId,
      sealTotpSecret(platform.app.keyRing, userId, 'ANOTHERSECRET'),
    ]);
    // An erasure that has taken the key and waits for the enrolment, with everything it wrote still open.
    await client.query('select from enrolments where beneficiary_id = $1 for update', [erasedId]);
    const erasing = eraseAtOnce(platform, erasedId);
    await expect.poll(() => waitingFor('enrolments')).toBe(1);
    let done = false;
    const rotating = rotate(back, platform.clock, output()).then((result) => {
      done = true;
      return result;
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(done).toBe(false);
    await client.query('commit');
    await erasing;
    expect(await rotating).toBe(0);
    const { rows } = await platform.owner.query('select totp_secret from users where id = $1', [userId]);
    expect(rows[0].totp_secret[0]).toBe(2);
    expect(openTotpSecret(back.keyRing, userId, rows[0].totp_secret)).toBe('ANOTHERSECRET');
    const erased = await platform.owner.query('select data_key from beneficiaries where id = $1', [erasedId]);
    expect(erased.rows[0].data_key).toBeNull();
  });

  it('names what cannot be opened, leaves it, and seals the rest anew', async () => {
    const { platform, connectionId } = world;
    const good = (await platform.owner.query('select token from kobo_connections where id = $1', [connectionId])).rows[0].token as Buffer;
    const damaged = Buffer.from(good);
    damaged.writeUInt8(damaged.readUInt8(40) ^ 1, 40);
    await platform.owner.query('update kobo_connections set token = $2 where id = $1', [connectionId, damaged]);
    const out = output();
    expect(await rotate(processWith([1, 2, 3], 3), platform.clock, out)).toBe(1);
    expect(out.text).toContain(`kobo_connections.token: 1 could not be opened and were left as they are: ${connectionId}`);
    const { 'kobo_connections.token': left, ...others } = await versions();
    expect(left).toEqual({ 2: 1 });
    allUnder('3', others);
    expect((await platform.owner.query('select token from kobo_connections where id = $1', [connectionId])).rows[0].token).toEqual(damaged);
    await platform.owner.query('update kobo_connections set token = $2 where id = $1', [connectionId, good]);
    expect(await rotate(processWith([1, 2, 3], 3), platform.clock, output())).toBe(0);
  });

  it('has sealed nothing that the declarations do not open', async () => {
    const { platform } = world;
    const { keyRing } = processWith([1, 2, 3], 3);
    for (const column of columns.sealed) {
      const underKey = 'dataKey' in column ? column : undefined;
      const named = (names: readonly string[], alias: string) => names.map((name) => `'${name}', ${alias}.${name}::text`).join(', ');
      const { rows } =
        await platform.owner.query(`select t.${column.column} as sealed, json_build_object(${named(column.bound, 't')}) as row
        ${underKey ? `, json_build_object(${named(underKey.dataKey.bound, 'h')}) as held, h.${underKey.dataKey.column} as wrapped` : ''}
        from ${column.table} t ${underKey ? `join ${underKey.dataKey.table} h on h.${underKey.dataKey.key} = t.${underKey.holder}` : ''}
        where length(t.${column.column}) > 0 ${underKey ? `and h.${underKey.dataKey.column} is not null` : ''}`);
      for (const { sealed, row, held, wrapped } of rows) {
        expect(() => openColumn(keyRing, column, row, sealed, held && { row: held, wrapped }), nameOf(column)).not.toThrow();
        expect((sealed.length - (underKey ? 28 : 29)) % 32, nameOf(column)).toBe(0);
      }
    }
  });
});
