import type pg from 'pg';
import { HttpConnection } from './http-connection.ts';
import { measure, type Result, type Sample } from './measure.ts';
import type { Invented } from './people/person.ts';
import { type Chance, chance } from './people/random.ts';

const CLIENTS = 16;
const SECONDS = 8;
const PAGE = 20;

/** Who reads, where. */
export interface Reader {
  readonly port: number;
  readonly token: string;
  readonly programmeId: string;
}

/** Pages of a programme's list, each client walking from page to page; and searches, as officers make them. */
export async function measureReadings(reader: Reader, asked: readonly string[]): Promise<{ list: Result; search: Result }> {
  const list = await withConnections(reader.port, (connections) => {
    const cursors: (string | null)[] = [];
    return (client) => {
      const cursor = cursors[client];
      const path = `/v1/programmes/${reader.programmeId}/beneficiaries?limit=${PAGE}${cursor ? `&cursor=${cursor}` : ''}`;
      return timed(async () => {
        const answer = await (connections[client] as HttpConnection).get(path, `Authorization: Bearer ${reader.token}`);
        if (answer.status !== 200) throw new Error(`a list answered ${answer.status}: ${answer.body}`);
        cursors[client] = /"nextCursor":"([^"]+)"/.exec(answer.body)?.[1] ?? null;
      });
    };
  });
  const dice = chance(4);
  const search = await withConnections(reader.port, (connections) => (client) => {
    const body = JSON.stringify({ query: dice.oneOf(asked), programmeId: reader.programmeId, limit: PAGE });
    return timed(async () => {
      const answer = await (connections[client] as HttpConnection).post(
        '/v1/beneficiaries/search',
        `Authorization: Bearer ${reader.token}`,
        body,
      );
      if (answer.status !== 200) throw new Error(`a search answered ${answer.status}: ${answer.body}`);
    });
  });
  return { list, search };
}

/** What officers type: mostly names, whole or in part, in the words of people who are there; and numbers of all three kinds. */
export async function searchesFor(client: pg.Client, programmeId: string, people: readonly Invented[]): Promise<string[]> {
  const { rows } = await client.query<{ number: string }>(
    `select b.registration_number as number from enrolments e join beneficiaries b on b.id = e.beneficiary_id
    where e.programme_id = $1 order by b.registration_number limit 1000`,
    [programmeId],
  );
  const dice = chance(3);
  return Array.from({ length: 5_000 }, () => searchFor(dice, dice.oneOf(people), dice.oneOf(rows).number));
}

function searchFor(dice: Chance, { given, family, phone, document }: Invented, number: string): string {
  const kind = dice.below(10);
  if (kind < 5) return `${given} ${family}`;
  if (kind < 6) return given;
  if (kind < 7) return family;
  if (kind < 8) return phone ?? given;
  if (kind < 9) return document?.number ?? `${family} ${given}`;
  return number;
}

async function withConnections(
  port: number,
  operation: (connections: readonly HttpConnection[]) => (client: number) => Promise<Sample>,
): Promise<Result> {
  const connections = await Promise.all(Array.from({ length: CLIENTS }, () => HttpConnection.open(port)));
  try {
    const next = operation(connections);
    await measure(CLIENTS, SECONDS / 4, next); // to warm up
    return await measure(CLIENTS, SECONDS, next);
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function timed(work: () => Promise<void>): Promise<Sample> {
  const started = performance.now();
  await work();
  return { milliseconds: performance.now() - started };
}
