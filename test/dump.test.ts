import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inbox } from '../scripts/demo/phones.ts';
import { livePilot } from '../scripts/demo/pilot.ts';
import { Stage } from '../scripts/demo/stage.ts';
import { normalPhone } from '../src/beneficiaries/index.ts';
import { outboxFile } from '../src/messaging/index.ts';
import { createLogger, mailOutboxFile, readConfig, ShiftedClock } from '../src/platform/index.ts';
import { type RunningPlatform, startServer } from '../src/server.ts';
import { cloneDatabase, type TestDatabase } from './support/database.ts';
import { type DumpedTable, dumpDatabase, type LeftOut } from './support/dump.ts';
import { Leaks, type Person } from './support/leaks.ts';

const rows: Record<string, string>[] = parse(readFileSync('seeds/pilot/registrations.csv'), { delimiter: ';', columns: true, bom: true });

/** Only what is the person's: a birth of which the year alone is known is written as the first of January. */
const personOf = (row: Record<string, string>): Person => {
  const [, day, month, year] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(row['Date de naissance'] ?? '') ?? [];
  const phone = normalPhone(row['Téléphone'] ?? '');
  return {
    names: [row['Prénom'] ?? '', row['Nom'] ?? ''],
    documents: row['N° document'] ? [row['N° document']] : [],
    phones: phone ? [phone] : [],
    births: row['Précision'] === 'exacte' && day ? [`${year}-${month}-${day}`] : [],
  };
};

/** Places, staff and donors, which bear the same names as people do, and days on which children were born. All are in the clear on purpose. */
const leftOut: LeftOut = {
  'public.wilayas': '*',
  'public.communes': '*',
  'public.offices': '*',
  'public.users': ['display_name', 'email'],
  'public.funds': ['donor'],
  'public.fund_versions': ['donor'],
  // Sums, under the names of wilayas and of the donor.
  'public.donor_reports': ['content'],
  'public.report_drafts': ['content'],
  // One of the people is named `http://…`, by somebody who wanted to see what becomes of it.
  'public.webhooks': ['url'],
  'public.gateways': ['kind', 'settings'],
  'public.beneficiaries': ['commune'],
  'public.consents': ['given_on'],
};

describe('a copy of the database after the pilot', () => {
  let clone: TestDatabase;
  let platform: RunningPlatform;
  let dataDir: string;
  let told = '';
  let atWork: DumpedTable[] = [];
  let leaks: Leaks;
  const log: string[] = [];
  const people = rows.map(personOf);

  beforeAll(async () => {
    clone = await cloneDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'sanad-dump-'));
    const clock = new ShiftedClock();
    const config = readConfig({
      SANAD_ENV: 'development',
      SANAD_DATA_DIR: dataDir,
      PORT: '0',
      DATABASE_URL: clone.address.url,
      GATEWAY_PRIVATE_ADDRESSES: 'allow',
      WEBHOOK_PRIVATE_ADDRESSES: 'allow',
    });
    platform = await startServer(config, clock, createLogger('trace', { write: (line) => log.push(line) }));
    const stage = new Stage((text) => {
      told += text;
    });
    await livePilot(stage, platform, clock, dataDir, async () => {
      atWork = await dumpDatabase(clone.owner, leftOut);
    });
    leaks = new Leaks(
      people,
      (await inbox(dataDir)).map(({ code }) => code.replaceAll(' ', '')),
    );
  }, 600_000);
  afterAll(async () => {
    await platform?.stop();
    await clone?.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const found = (tables: readonly DumpedTable[]) =>
    Object.fromEntries(
      tables.flatMap((table) => [[table.name, leaks.inTable(table)] as const]).filter(([, secrets]) => secrets.length > 0),
    );

  it('is of a pilot that was lived to its end', async () => {
    expect(told).not.toContain('✗');
    expect(leaks.size).toBeGreaterThan(8_000);
    const names = atWork.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['public.beneficiaries', 'public.audit_events', 'public.idempotency_keys', 'bullmq.job']));
    const bytes = (name: string) => atWork.find((table) => table.name === name)?.bytes.length;
    expect(bytes('public.beneficiaries')).toBeGreaterThan(1_583 * 6);
    expect(bytes('public.idempotency_keys')).toBeGreaterThan(200);
    const { rows: live } = await clone.owner.query(`select count(*)::int as count from vouchers`);
    expect((await inbox(dataDir)).length).toBeGreaterThan(live[0].count / 2);
  });

  it('shows no name, number, birth date, telephone or code while codes are good', () => {
    expect(found(atWork)).toEqual({});
  });

  it('shows none when two months have passed', async () => {
    expect(found(await dumpDatabase(clone.owner, leftOut))).toEqual({});
  });

  it('is not made good by the log', () => {
    expect(log.length).toBeGreaterThan(100);
    expect([...new Set(log.flatMap((line) => leaks.inText(line)))]).toEqual([]);
  });

  it('is not made good by what lies beside it: mail, heads of the trail, uploads', async () => {
    const beside = (await readdir(dataDir, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      // What stands in for the telephones of the people themselves.
      .filter((path) => path !== outboxFile(dataDir));
    expect(beside).toContain(mailOutboxFile(dataDir));
    // The staff bear the same names, and it is they who get mail.
    const { rows: staff } = await clone.owner.query('select display_name as name, email from users');
    const names = staff.flatMap(({ name, email }) => [email, name]) as string[];
    for (const path of beside) {
      const text = names.reduce((left, name) => left.replaceAll(name, ' '), await readFile(path, 'utf8'));
      expect([path, leaks.inText(text)]).toEqual([path, []]);
    }
  });

  it('would show each of them, however it was written', async () => {
    const person = people.find(({ births, phones, documents }) => births.length > 0 && phones.length > 0 && documents.length > 0) as Person;
    const arabic = people.find(({ names }) => /\p{Script=Arabic}{3}/u.test(names[0] ?? '')) as Person;
    const [birth = '', phone = '', document = ''] = [person.births[0], person.phones[0], person.documents[0]];
    const [year = '', month = '', day = ''] = birth.split('-');
    const name = people.map(({ names: [given = ''] }) => given).find((given) => /^[A-Z][a-z]{7,}$/.test(given)) ?? '';
    const [{ code = '' } = {}] = await inbox(dataDir);
    const wholeName = people.flatMap(({ names }) => names).find((one) => /[éèïôç]/.test(one)) ?? '';
    const form = JSON.stringify({ names: { given: 'Li' }, sex: 'male', note: 'nothing else is said' });
    const planted: Record<string, [column: string, value: unknown]> = {
      name: ['note', `Seen with ${name}.`],
      'name in capitals': ['note', name.toUpperCase()],
      'name after an escape': ['note', `Seen:\n${name}\tand others`],
      'name without accents': ['note', wholeName.normalize('NFD').replaceAll(/\p{M}/gu, '')],
      'name in Arabic': ['note', arabic.names[0]],
      'name in JSON': ['facts', JSON.stringify({ deep: [{ er: { given: name } }] })],
      'name in JSON as escapes': [
        'raw',
        `{"given": "${[...(arabic.names[0] ?? '')].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"}`,
      ],
      'name in an array': ['list', ['nobody', name]],
      'name in bytes': ['plain', Buffer.from(name)],
      'name in an array of bytes': ['pieces', [Buffer.from([1, 2, 3]), Buffer.from(`.${name}.`)]],
      'name in Base64': ['note', Buffer.from(`{"given":"${name}"}`).toString('base64')],
      'a form in bytes': ['plain', Buffer.from(form)],
      document: ['note', document],
      'document in small letters': ['note', `(${document.toLowerCase()})`],
      'telephone in E.164': ['note', phone],
      'telephone as it is dialled': ['note', `0${phone.slice(4)}`],
      'telephone with spaces': ['note', `0${phone.slice(4).replaceAll(/(\d{2})(?=\d)/g, '$1 ')}`],
      'last digits of a telephone': ['note', phone.slice(-8)],
      'telephone in bytes': ['plain', Buffer.from(phone)],
      birth: ['day', birth],
      'birth as an officer writes it': ['note', `${day}/${month}/${year}`],
      'birth with points': ['note', `né le ${Number(day)}.${Number(month)}.${year}`],
      'birth in one': ['note', `${year}${month}${day}`],
      'birth in milliseconds': ['facts', JSON.stringify({ born: Date.parse(birth) })],
      code: ['note', `Votre code : ${code}.`],
      'code in one': ['facts', JSON.stringify({ code: code.replaceAll(' ', '') })],
      'digits of a code': ['note', code.replaceAll(' ', '').slice(0, 8)],
    };
    await clone.owner.query('begin');
    await clone.owner.query(
      `create table planted (kind text, note text, facts jsonb, raw json, list text[], plain bytea, pieces bytea[], day date)`,
    );
    const missed: string[] = [];
    for (const [kind, [column, value]] of Object.entries(planted)) {
      await clone.owner.query('truncate planted');
      await clone.owner.query(`insert into planted (${column}) values ($1)`, [value]);
      const [table] = await dumpDatabase(clone.owner, leftOut, 'public.planted');
      if (!table || leaks.inTable(table).length === 0) missed.push(kind);
    }
    await clone.owner.query('rollback');
    expect(missed).toEqual([]);
  }, 300_000);
});
