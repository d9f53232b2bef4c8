import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import supertest from 'supertest';
import { outboxFile } from '../../src/messaging/index.ts';
import type { Frame } from './fixtures.ts';
import type { TestPlatform } from './platform.ts';
import { changeTerms } from './terms.ts';

let counter = 0;

/** An address of a network that nobody has used in this run. */
export function newAddress(): string {
  counter += 1;
  return `198.18.${Math.floor(counter / 250)}.${(counter % 250) + 1}`;
}

/** A telephone number that nobody has used in this run, in E.164. */
export function newPhone(): string {
  counter += 1;
  return `+2136${String(61_000_000 + counter)}`;
}

/** What an invented person writes of themselves. Each call makes somebody else, unless told otherwise. */
export function ownParticulars(programmeCode: string, overrides: object = {}) {
  counter += 1;
  return {
    programmeCode,
    names: { given: `Aïcha ${counter}`, family: 'Traoré' },
    sex: 'female',
    birth: { from: '1991-04-02', to: '1991-04-02', precision: 'exact' },
    nationality: 'MLI',
    documents: [{ type: 'passport', number: `S${7_000_000 + counter}`, issuingCountry: 'MLI' }],
    phone: newPhone(),
    householdSize: 3,
    relationship: 'head',
    wilaya: '16',
    commune: 'Alger Centre',
    language: 'fr',
    consent: { registration: true, shareWithPayingAgent: true, privacyNoticeVersion: '2026-01' },
    ...overrides,
  };
}

/** Somebody at the public door, at a network address of their own: the platform must trust the loopback address as a proxy. */
export function stranger({ app }: TestPlatform, address = newAddress()) {
  const from = (test: supertest.Test) => test.set('X-Forwarded-For', address);
  const post = (path: string, body?: object, key: string = randomUUID()) =>
    from(supertest(app.http).post(`/v1/self-registrations${path}`))
      .set('Idempotency-Key', key)
      .send(body);
  return {
    register: (body: object, key?: string) => post('', body, key),
    askForCode: (reference: string, key?: string) => post(`/${reference}/codes`, undefined, key),
    prove: (reference: string, code: string, key?: string) => post(`/${reference}/proof`, { code }, key),
    status: (reference: string, token: string) =>
      from(supertest(app.http).get(`/v1/self-registrations/${reference}`)).set('Status-Token', token),
  };
}

/** Everything that was sent to a telephone, oldest first. */
export function messagesTo({ dataDir }: TestPlatform, phone: string): string[] {
  let lines = '';
  try {
    lines = readFileSync(outboxFile(dataDir), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const messages = lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { to: string; text: string });
  return messages.filter(({ to }) => to === phone).map(({ text }) => text);
}

/** The code in the last message to a telephone, once everything has been sent. */
export async function codeSentTo(platform: TestPlatform, phone: string): Promise<string> {
  await platform.settled();
  return /\d{6}/.exec(messagesTo(platform, phone).at(-1) ?? '')?.[0] ?? 'none';
}

/** Six digits that are not these. */
export const otherCode = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

/** Opens the public door of a programme. @returns its code */
export async function openDoor({ owner }: TestPlatform, { programmeId }: Frame): Promise<string> {
  await changeTerms({ owner }, programmeId, { columns: { self_registration_open: true } });
  const { rows } = await owner.query('select code from programmes where id = $1', [programmeId]);
  return rows[0].code;
}
