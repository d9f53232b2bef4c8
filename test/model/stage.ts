import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '../../src/platform/index.ts';
import { codeOf } from '../../src/vouchers/code.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../support/fixtures.ts';
import type { Client, TestPlatform } from '../support/platform.ts';
import { changeTerms } from '../support/terms.ts';

/** What an endpoint answered. */
export interface Answer {
  readonly ok: boolean;
  readonly code: string;
  // biome-ignore lint/suspicious/noExplicitAny: the body of any operation, which the contract has checked
  readonly body: any;
}

/** A programme with two funds, two offices, a few people, and the staff who work there; and a way to ask the platform. */
export interface Stage {
  readonly platform: TestPlatform;
  readonly frame: Frame;
  readonly funds: readonly [string, string];
  readonly offices: readonly [string, string];
  readonly people: readonly Person[];
  readonly staff: Readonly<Record<'maker' | 'approver' | 'finance' | 'finance2' | 'settler' | 'officer' | 'officer2', Client>>;
  readonly agents: readonly (readonly Client[])[];
  readonly supervisors: readonly Client[];
  ask(client: Client, path: string, body?: object, key?: string): Promise<Answer>;
  read(client: Client, path: string): Promise<Answer['body']>;
  /** Rows of the database, one question after another. */
  look(text: string, values?: unknown[]): Promise<Answer['body'][]>;
}

/** A server on the platform's application, which takes requests over connections of its own. */
export async function listen(platform: TestPlatform): Promise<{ server: Server; address: string }> {
  const server = createServer(platform.app.http).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Another programme on the platform, with what the model's people need. @param received by each fund */
export async function setStage(platform: TestPlatform, address: string, received: string): Promise<Stage> {
  const frame = await makeFrame(platform, received);
  const { programmeId, officeId } = frame;
  const second = newId();
  await platform.owner.query(
    `insert into funds (id, programme_id, donor, agreement, currency, created_by, created_at) values ($1, $2, 'Another donor', 'AG-2', 'DZD', $1, now())`,
    [second, programmeId],
  );
  await platform.owner.query(
    `insert into post_terms (programme_id, version, payer_name, payer_account, payee_name, payee_account, reason, set_by, set_at)
    values ($1, 1, 'We', 'A-1', 'The post', 'B-1', 'Agreed', gen_random_uuid(), now())`,
    [programmeId],
  );
  await platform.owner.query('insert into post_terms_confirmations values ($1, 1, gen_random_uuid(), now())', [programmeId]);
  await changeTerms(platform, programmeId, { columns: { code_validity_days: 10 } });
  const { officeId: otherOffice } = await makeFrame(platform);
  const people: Person[] = [];
  for (let i = 0; i < 6; i += 1) people.push(await makePerson(platform, programmeId));
  const here = { programme: programmeId };
  const offices = [officeId, otherOffice] as const;
  const at = (role: 'agent' | 'office_supervisor') => Promise.all(offices.map((office) => platform.as(role, { office })));
  const ask = async (client: Client, path: string, body: object = {}, key: string = newId()): Promise<Answer> => {
    const answer = await fetch(`${address}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${client.token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
    const said = (answer.status === 204 ? {} : await answer.json()) as Answer['body'];
    if (answer.status >= 500 && !['busy', 'in_progress'].includes(said.code))
      throw new Error(`${path}: ${answer.status} ${JSON.stringify(said)}`);
    if (answer.status === 400 || answer.status === 401) throw new Error(`${path}: ${answer.status} ${JSON.stringify(said)}`);
    return { ok: answer.ok, code: said.code ?? '', body: said };
  };
  let last: Promise<unknown> = Promise.resolve();
  const look = (text: string, values: unknown[] = []): Promise<Answer['body'][]> => {
    const asked = last.then(() => platform.owner.query(text, values));
    last = asked;
    return asked.then(({ rows }) => rows);
  };
  const [agents, more, supervisors] = [await at('agent'), await at('agent'), await at('office_supervisor')];
  return {
    platform,
    frame,
    funds: [frame.fundId, second],
    offices,
    people,
    staff: {
      maker: await platform.as('programme_officer', here),
      approver: await platform.as('approver', here),
      finance: await platform.as('finance_officer', here),
      finance2: await platform.as('finance_officer', here),
      settler: await platform.as('finance_officer', here),
      officer: await platform.as('field_officer', here),
      officer2: await platform.as('field_officer', here),
    },
    agents: agents.map((agent, i) => [agent, more[i] as Client]),
    supervisors,
    look,
    ask,
    async read(client, path) {
      const answer = await fetch(`${address}${path}`, { headers: { authorization: `Bearer ${client.token}` } });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
  };
}

/** The day in the programme's time zone. */
export const dayOf = (at: Date): string => new Intl.DateTimeFormat('en-CA', { timeZone: 'Africa/Algiers', dateStyle: 'short' }).format(at);

/** The code of a voucher under one of its counters. */
export async function codeFor({ platform, look }: Stage, voucherId: string, counter: number): Promise<{ serial: string; code: string }> {
  const [voucher] = await look('select serial, key_version from vouchers where id = $1', [voucherId]);
  if (!voucher) throw new Error('the model knows a voucher that is not there');
  return { serial: voucher.serial, code: codeOf(platform.app.keyRing, { id: voucherId, keyVersion: voucher.key_version, counter }) };
}

/** Lets days pass: everybody gives the second factor anew. */
export async function letPass({ platform }: Stage, days: number): Promise<void> {
  platform.clock.skip(days * 86_400_000);
  await platform.owner.query(`update sessions set second_factor_at = $1::timestamptz, expires_at = $1::timestamptz + interval '300 days'`, [
    platform.clock.now(),
  ]);
}
