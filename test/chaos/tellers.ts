import { randomUUID } from 'node:crypto';

/** Somebody behind a counter. */
export interface Teller {
  readonly officeId: string;
  readonly token: string;
}

/** A voucher whose code has arrived on somebody's telephone. */
export interface Arrived {
  readonly serial: string;
  readonly code: string;
}

/** What the counters know in the end. */
export interface Ledger {
  /** The pay-out that each serial was acknowledged as; nobody may hear of two. */
  readonly acknowledged: Map<string, string>;
  /** Serials of which two different pay-outs were acknowledged, which must stay empty. */
  readonly contradicted: Set<string>;
  /** Refusals that are none of the network's, by code. */
  readonly refused: Map<string, number>;
  requests: number;
  repeats: number;
  replays: number;
}

export const emptyLedger = (): Ledger => ({
  acknowledged: new Map(),
  contradicted: new Set(),
  refused: new Map(),
  requests: 0,
  repeats: 0,
  replays: 0,
});

/** How long a counter waits for an answer before it asks again. */
const PATIENCE_MS = 2_000;
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What somebody else has asked for meanwhile, or what the network has done to the request: ask again under the same key. */
const passing = new Set(['busy', 'in_progress', 'internal_error', 'not_recorded', 'voucher_not_active']);

interface Body {
  readonly id?: string;
  readonly code?: string;
  readonly collectors?: readonly { readonly collectorId: string }[];
}

type Answer = { readonly status: number; readonly body: Body };

/** A counter on a bad line. */
interface Line {
  readonly address: string;
  readonly teller: Teller;
  readonly ledger: Ledger;
  isOver(): boolean;
}

/** Pays a voucher out, in one call or in two. @returns the pay-out, or the code of a refusal */
async function payOut(line: Line, { serial, code }: Arrived): Promise<Body> {
  const request = { officeId: line.teller.officeId, locator: { serial }, code };
  const seen = { documentType: 'passport', documentLastFour: serial.slice(-4) };
  if (!isInTwoCalls(serial)) return askUntilAnswered(line, serial, '/v1/payouts', { ...request, ...seen });
  const found = await askUntilAnswered(line, serial, '/v1/look-ups', request);
  const [collector] = found.collectors ?? [];
  if (!found.id || !collector) return found;
  return askUntilAnswered(line, serial, `/v1/look-ups/${found.id}/payout`, { ...seen, collectorId: collector.collectorId });
}

const isInTwoCalls = (serial: string): boolean => Number(serial.slice(0, 6)) % 3 === 0;

/** Asks under one key until there is an answer, as nobody hands over cash after anything but a 201. @returns what was made, or the code of a refusal */
async function askUntilAnswered(line: Line, serial: string, path: string, body: object): Promise<Body> {
  const { ledger } = line;
  const request = { path, key: randomUUID(), body: JSON.stringify(body) };
  for (let tries = 0; !line.isOver(); tries += 1) {
    ledger.requests += 1;
    if (tries > 0) ledger.repeats += 1;
    const answer = await ask(line, request);
    if (answer && answer.status === 201) {
      // Now and then the cashier does not believe it, and asks once more.
      if (ledger.requests % 5 === 0) await replay(line, serial, request, answer);
      return answer.body;
    }
    if (answer && answer.status < 500 && !passing.has(answer.body.code ?? '')) return answer.body;
    await pause(30 + Math.random() * 120);
  }
  return { code: 'gave_up' };
}

interface Request {
  readonly path: string;
  readonly key: string;
  readonly body: string;
}

async function ask({ address, teller: { token } }: Line, { path, key, body }: Request): Promise<Answer | undefined> {
  try {
    const response = await fetch(`${address}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { status: response.status, body: (await response.json()) as Body };
  } catch {
    return undefined; // nobody knows what became of it
  }
}

async function replay(line: Line, serial: string, request: Request, first: Answer): Promise<void> {
  line.ledger.replays += 1;
  const again = await ask(line, request);
  if (again?.status === 201 && again.body.id !== first.body.id) line.ledger.contradicted.add(serial);
}

/**
 * Works at a counter until told that it is over: takes the next voucher that has arrived; every fourth is presented at two counters at once, of
 * which one may pay.
 */
export async function work(
  address: string,
  [here, there]: readonly [Teller, Teller],
  next: () => Arrived | undefined,
  ledger: Ledger,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    const arrived = next();
    if (!arrived) {
      await pause(20);
      continue;
    }
    const counters = Number(arrived.serial.slice(0, 6)) % 4 === 0 ? [here, there] : [here];
    const answers = await Promise.all(counters.map((teller) => payOut({ address, teller, ledger, isOver }, arrived)));
    for (const { id, code } of answers) {
      const known = ledger.acknowledged.get(arrived.serial);
      if (id && known && known !== id) ledger.contradicted.add(arrived.serial);
      if (id) ledger.acknowledged.set(arrived.serial, id);
      else ledger.refused.set(code ?? '', (ledger.refused.get(code ?? '') ?? 0) + 1);
    }
  }
}
